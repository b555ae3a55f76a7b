"""Tables of the life of a submission (`core`), of what is filled in as a form (`forms`), and of the counter."""

from submissions.models.approvals import ApprovalState, SecondApproval
from submissions.models.core import (
    Attempt,
    Change,
    Dispatch,
    DispatchState,
    FailureKind,
    IdempotencyKey,
    InboxMessage,
    InboxState,
    Line,
    Notice,
    Paper,
    Payload,
    Referral,
    ReferralState,
    Submission,
    SubmissionState,
    Transition,
)
from submissions.models.counter import AgencyContact, MailCopy, NoticeMail, Outage
from submissions.models.forms import Attachment, InformationRequest

__all__ = [
    "AgencyContact",
    "ApprovalState",
    "Attachment",
    "Attempt",
    "Change",
    "Dispatch",
    "DispatchState",
    "FailureKind",
    "IdempotencyKey",
    "InboxMessage",
    "InboxState",
    "InformationRequest",
    "Line",
    "MailCopy",
    "Notice",
    "NoticeMail",
    "Outage",
    "Paper",
    "Payload",
    "Referral",
    "ReferralState",
    "SecondApproval",
    "Submission",
    "SubmissionState",
    "Transition",
]

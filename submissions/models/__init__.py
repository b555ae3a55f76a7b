"""Tables of the life of a submission (`core`), and of what is filled in as a form (`forms`)."""

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
from submissions.models.forms import Attachment, InformationRequest

__all__ = [
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
    "Notice",
    "Paper",
    "Payload",
    "Referral",
    "ReferralState",
    "Submission",
    "SubmissionState",
    "Transition",
]

"""Taking a CEB message in: checked, stored with its number, loaded, answered. Matching comes after the answer.

Everything wrong is said at once. What the format and the sender's rights decide refuses the whole message;
numbers that are taken concern single documents and are found when the message is loaded (`customs.claims`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Company, User
from accounts.permissions import Permission
from accounts.selectors import companies_by_codes
from customs import intake_checks
from customs.ceb import Message, load
from customs.claims import main_claim
from customs.intake_checks import declares_for, problem
from customs.load import load_at_once
from customs.models import CebMessage
from customs.rows import codes_in, parties
from customs.senders import SENDINGS, Sending
from reference.problems import Problem, Refused
from reference.selectors import code_sets, parameters
from submissions import nudge
from submissions.models import Submission
from submissions.services import receive, submit_frozen
from trail.actors import Actor

if TYPE_CHECKING:
    from accounts.principals import Principal

AGENCY = "customs"
XML = "application/xml"
MOST_WARNINGS = 200  # kept with the message, of what its form leaves to be desired


@dataclass(frozen=True, slots=True)
class Received:
    """The answer: the submission with its number, whether it is new, and how many documents it holds."""

    submission: Submission
    created: bool
    documents: int


class Conflict(Exception):
    """The sender has used this root guid for another message before."""

    def __init__(self, submission: Submission, guid: str) -> None:
        super().__init__(f"{guid} was {submission.reference}")
        self.submission = submission
        self.guid = guid


def receive_message(
    data: bytes, *, principal: Principal, channel: str, draft: Submission | None = None
) -> Received:
    """Take in one message of up to 100 documents. `draft`: a list typed in the browser, which becomes the submission.

    `Refused` with everything that is wrong; `Conflict` when the sender used the root guid for other bytes;
    `PermissionDenied` when the principal may not send at all. The same bytes again get the same answer.
    """
    principal.require(Permission.CEB_SEND)
    report, message = load(data, codes=code_sets())
    if message is None:
        raise Refused([one for one in report.problems if one.level == "error"])
    sending = SENDINGS.get(message.type)
    if sending is None:
        raise Refused(
            [
                problem(
                    "customs.message.unsupported",
                    f"/{message.type}Message",
                    type=message.type,
                    taken=", ".join(sorted(SENDINGS)),
                )
            ]
        )
    companies = companies_by_codes({*codes_in(message.type, message.documents), _sender_code(message)})
    sender = _sender(message, sending, principal, companies)
    if (known := _known(sender, message, data)) is not None:
        return known
    if problems := intake_checks.found(message, sender, companies):
        raise Refused(problems)
    handed_in = _HandedIn(
        data=data,
        message=message,
        warnings=report.problems,
        sender=sender,
        by=_actor(principal, sender, declares_for(message, companies)),
        user=principal.user,
        channel=channel,
        readers=_readers(message, companies),
        companies=companies,
        draft=draft,
    )
    try:
        return _store(handed_in)
    except IntegrityError:
        # A parallel twin was faster; anything else is raised again.
        if (twin := _known(sender, message, data)) is None:
            raise
        return twin


def _sender_code(message: Message) -> str:
    return (message.transfer or {}).get("copCode", "").strip()


def _sender(
    message: Message, sending: Sending, principal: Principal, companies: Mapping[str, Company]
) -> Company:
    """The company of copCode, if the principal may act for it (R13.04). Strangers learn nothing of it."""
    code = _sender_code(message)
    company = companies.get(code)
    if company is None or company.pk not in principal.acting_for(sending.kind):
        path = f"/{message.type}Message/BaseTransfer/copCode"
        raise Refused([problem("customs.sender.not_yours", path, code=code)])
    return company


def _known(sender: Company, message: Message, data: bytes) -> Received | None:
    """The answer given before to the same bytes; `Conflict` for other bytes under the same root guid."""
    found = CebMessage.objects.filter(sender=sender, guid=message.guid).select_related("submission").first()
    if found is None:
        return None
    if found.submission.payload_sha256 != hashlib.sha256(data).hexdigest():
        raise Conflict(found.submission, message.guid)
    return Received(found.submission, created=False, documents=found.document_count)


# --- storing -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _HandedIn:
    """A message against which nothing is to be said."""

    data: bytes
    message: Message
    warnings: Sequence[Problem]
    sender: Company
    by: Actor
    user: User | None
    channel: str
    readers: Sequence[int]
    companies: Mapping[str, Company]  # those that it names, by code
    draft: Submission | None = None


def _store(handed_in: _HandedIn) -> Received:
    message = handed_in.message
    with transaction.atomic():
        submission = _submit(handed_in)
        stored = CebMessage.objects.create(
            submission=submission,
            type=message.type,
            guid=message.guid,
            sender=handed_in.sender,
            document_count=len(message.documents),
            forward_by=_forward_by(message.type),
            problems=[warning.as_stored() for warning in handed_in.warnings[:MOST_WARNINGS]],
        )
        load_at_once(stored, message, handed_in.companies)
        _wake(submission.pk)
    return Received(submission, created=True, documents=len(message.documents))


def _submit(handed_in: _HandedIn) -> Submission:
    """The submission with its number: a new one, or the draft that was typed."""
    message = handed_in.message
    title, hold = _title(message), SENDINGS[message.type].is_list
    if handed_in.draft is not None:
        return submit_frozen(
            handed_in.draft,
            handed_in.data,
            XML,
            [AGENCY],
            by=handed_in.by,
            title=title,
            parties=handed_in.readers,
            hold=hold,
        )
    return receive(
        kind=SENDINGS[message.type].kind,
        company=handed_in.sender,
        by=handed_in.by,
        channel=handed_in.channel,
        payload=handed_in.data,
        content_type=XML,
        title=title,
        parties=handed_in.readers,
        agencies=[AGENCY],
        hold=hold,
        created_by=handed_in.user,
    )


def _actor(principal: Principal, sender: Company, firms: Sequence[Company]) -> Actor:
    """Who hands in, for whom: a declarant's lists are their firms', and the record says so."""
    actor = principal.actor_for(sender)
    others = ", ".join(firm.name for firm in firms if firm.pk != sender.pk)
    return replace(actor, on_behalf_of=f"{sender.name} → {others}"[:200]) if others else actor


def _wake(submission_id: UUID) -> None:
    from customs import tasks

    nudge.nudge(tasks.load, str(submission_id))


def _forward_by(type_: str) -> datetime | None:
    """When a list message goes even if some of its lists still wait (a dated parameter)."""
    if not SENDINGS[type_].is_list:
        return None
    return timezone.now() + timedelta(hours=parameters(timezone.localdate()).list_waiting_hours.value)


def _readers(message: Message, companies: Mapping[str, Company]) -> Sequence[int]:
    """Who may read the message as a whole: the companies that every one of its documents names.

    One that only some name reads those documents, not the message with other people's.
    """
    named = [set(parties(message.type, document, companies)) for document in message.documents]
    return sorted(set.intersection(*named)) if named else []


def _title(message: Message) -> str:
    number = main_claim(message.type, message.documents[0]).number
    more = len(message.documents) - 1
    return f"{number} + {more}" if more else number

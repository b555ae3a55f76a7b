"""Taking a CEB message in: checked, stored with its number, answered. Loading comes after the answer.

Everything wrong is said at once. What the format and the sender's rights decide refuses the whole message;
numbers that are taken concern single documents and are found when the message is loaded (`customs.claims`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from accounts.models import Company, Mandate
from accounts.permissions import Permission
from accounts.selectors import companies_by_codes
from customs.ceb import Document, Message, load
from customs.claims import CHANGE, NEW, holders, main_claim, may_replace, place
from customs.models import CebMessage
from customs.rows import codes_in, parties
from customs.senders import MANDATED, SENDINGS, Sending
from reference.problems import Problem, Refused
from reference.selectors import code_sets, parameters
from submissions import nudge
from submissions.models import Submission
from submissions.services import receive

if TYPE_CHECKING:
    from accounts.principals import Principal

AGENCY = "customs"
XML = "application/xml"
DECLARED = "2"  # appStatus: 1 saves only, 2 declares
MOST_LINES = 9999  # gnum is N4
# Amounts have 14 digits before the point on the wire; a purchase of a person has fewer.
MOST = Decimal(10) ** 9

TEXTS: Mapping[str, str] = {
    "customs.message.unsupported": _("{type} is not taken here yet; CEB311, CEB411, CEB511 and CEB621 are."),
    "customs.sender.not_yours": _("You may not send for the company {code}."),
    "customs.sender.role": _("{company} is not registered as a sender of {type}; needed: {roles}."),
    "customs.sender.field": _("{name} is {value}, which is not the sender."),
    "customs.mandate.missing": _(
        "{principal} has given {agent} no mandate for import declarations that is in force."
    ),
    "customs.app_status.save_only": _("Only declared documents (appStatus 2) are taken; {value} saves only."),
    "customs.app_type.unsupported": _("appType {value} is not taken here yet; 1 and 2 are."),
    "customs.change.unknown": _("There is no document {number} that could be changed."),
    "customs.change.not_allowed": _(
        "{number} cannot be changed now: it went to customs and was not sent back to be corrected."
    ),
    "customs.line_number": _("{name} is {value}; line numbers go up to 9999."),
    "customs.amount": _("{name} is {value}: no purchase of a person is that large."),
}


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


def receive_message(data: bytes, *, principal: Principal, channel: str) -> Received:
    """Take in one message of up to 100 documents.

    `Refused` with everything that is wrong; `Conflict` when the sender used the root guid for other bytes;
    `PermissionDenied` when the principal may not send at all. The same bytes again get the same answer.
    """
    principal.require(Permission.CEB_SEND)
    report, message = load(data, codes=code_sets())
    if message is None:
        raise Refused([problem for problem in report.problems if problem.level == "error"])
    sending = SENDINGS.get(message.type)
    if sending is None:
        raise Refused([_problem("customs.message.unsupported", f"/{message.type}Message", type=message.type)])
    companies = companies_by_codes({*codes_in(message.type, message.documents), _sender_code(message)})
    sender = _sender(message, sending, principal, companies)
    if (known := _known(sender, message, data)) is not None:
        return known
    problems = [*_role(message, sending, sender), *_documents(message, sending, sender, companies)]
    if problems:
        raise Refused(problems)
    try:
        return _store(
            data, message, sender=sender, principal=principal, channel=channel,
            readers=_readers(message, companies),
        )  # fmt: skip
    except IntegrityError:
        # A parallel twin was faster; anything else is raised again.
        if (twin := _known(sender, message, data)) is None:
            raise
        return twin


def _problem(code: str, path: str, /, **params: str) -> Problem:
    return Problem(code, path, TEXTS[code], params)


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
        raise Refused([_problem("customs.sender.not_yours", path, code=code)])
    return company


def _known(sender: Company, message: Message, data: bytes) -> Received | None:
    """The answer given before to the same bytes; `Conflict` for other bytes under the same root guid."""
    found = CebMessage.objects.filter(sender=sender, guid=message.guid).select_related("submission").first()
    if found is None:
        return None
    if found.submission.payload_sha256 != hashlib.sha256(data).hexdigest():
        raise Conflict(found.submission, message.guid)
    return Received(found.submission, created=False, documents=found.document_count)


# --- rights ------------------------------------------------------------------------------------------------


def _role(message: Message, sending: Sending, sender: Company) -> Iterator[Problem]:
    """R13.01: sender x message type x role."""
    if not sending.roles & set(sender.roles):
        path = f"/{message.type}Message/BaseTransfer/copCode"
        roles = ", ".join(sorted(sending.roles))
        yield _problem("customs.sender.role", path, company=sender.name, type=message.type, roles=roles)


def _documents(
    message: Message, sending: Sending, sender: Company, companies: Mapping[str, Company]
) -> Iterator[Problem]:
    mandated = _mandated(message, sender, companies)
    for document in message.documents:
        at, head = place(message.type, document), document.head
        if not any(head.get(name) in sender.codes for name in sending.fields):
            name = sending.fields[0]
            yield _problem("customs.sender.field", f"{at}/{name}", name=name, value=head.get(name, ""))
        if head["appStatus"] != DECLARED:
            yield _problem("customs.app_status.save_only", f"{at}/appStatus", value=head["appStatus"])
        if head["appType"] not in (NEW, CHANGE):
            yield _problem("customs.app_type.unsupported", f"{at}/appType", value=head["appType"])
        firm = companies.get(head.get("ebcCode", ""))
        if message.type == "CEB621" and firm is not None and firm.pk not in mandated:
            names = {"principal": firm.name, "agent": sender.name}
            yield _problem("customs.mandate.missing", f"{at}/ebcCode", **names)
        yield from _sizes(document, at)
    yield from _changes(message, sender)


def _mandated(message: Message, sender: Company, companies: Mapping[str, Company]) -> set[int]:
    """The e-commerce firms for which the declarant may declare today: one query, asked on every act."""
    if message.type != "CEB621":
        return set()
    firms = {
        companies[code].pk for d in message.documents if (code := d.head.get("ebcCode", "")) in companies
    }
    given = Mandate.objects.in_force().filter(agent=sender, service=MANDATED, principal_id__in=firms)
    return {sender.pk, *given.values_list("principal_id", flat=True)}


def _sizes(document: Document, at: str) -> Iterator[Problem]:
    """What the wire lets pass and no column holds."""
    lines = ((f"{at.rsplit('/', 1)[0]}/line[{n}]", line) for n, line in enumerate(document.lines, 1))
    for path, values in ((at, document.head), *lines):
        for name, value in values.items():
            if name == "gnum" and not 0 < int(value) <= MOST_LINES:
                yield _problem("customs.line_number", f"{path}/{name}", name=name, value=value)
            elif name in _AMOUNTS and value and abs(Decimal(value)) >= MOST:
                yield _problem("customs.amount", f"{path}/{name}", name=name, value=value)


_AMOUNTS = frozenset(
    (
        *("goodsValue", "freight", "discount", "taxTotal", "acturalPaid", "amountPaid", "insuredFee"),
        *("weight", "grossWeight", "netWeight", "packNo", "qty", "qty1", "qty2", "price", "totalPrice"),
    )
)


def _changes(message: Message, sender: Company) -> Iterator[Problem]:
    """appType 2: there is such a document and it may be changed now.

    One that is on its way (stored, not yet loaded) cannot be seen here; loading decides on it.
    """
    changed = [document for document in message.documents if document.head["appType"] == CHANGE]
    if not changed:
        return
    held = holders(message.type, (main_claim(message.type, document) for document in changed))
    under_way = CebMessage.objects.filter(sender=sender, type=message.type, loaded_at__isnull=True).exists()
    for document in changed:
        claim = main_claim(message.type, document)
        path, number = f"{place(message.type, document)}/appType", claim.number
        if claim not in held:
            if not under_way:
                yield _problem("customs.change.unknown", path, number=number)
        elif not may_replace(message.type, held[claim], CHANGE):
            yield _problem("customs.change.not_allowed", path, number=number)


# --- storing -----------------------------------------------------------------------------------------------


def _store(
    data: bytes,
    message: Message,
    *,
    sender: Company,
    principal: Principal,
    channel: str,
    readers: Sequence[int],
) -> Received:
    count = len(message.documents)
    with transaction.atomic():
        submission = receive(
            kind=SENDINGS[message.type].kind,
            company=sender,
            by=principal.actor_for(sender),
            channel=channel,
            payload=data,
            content_type=XML,
            title=_title(message),
            parties=readers,
            agencies=[AGENCY],
            hold=message.type == "CEB621",
            created_by=principal.user,
        )
        CebMessage.objects.create(
            submission=submission,
            type=message.type,
            guid=message.guid,
            sender=sender,
            document_count=count,
            forward_by=_forward_by(message.type),
        )
        _wake(submission.pk)
    return Received(submission, created=True, documents=count)


def _wake(submission_id: UUID) -> None:
    from customs import tasks

    nudge.nudge(tasks.load, str(submission_id))


def _forward_by(type_: str) -> datetime | None:
    """When a list message goes even if some of its lists still wait (a dated parameter)."""
    if type_ != "CEB621":
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

"""Codes and states in plain words, and who said it: the E-port (1–4, negative) or customs (100 and above)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from customs.gateway.messages import moment_of, reason_codes
from customs.lifecycle import said_by_eport
from customs.models import CustomsReply, DocumentEvent, DocumentState
from reference.selectors import code_name

if TYPE_CHECKING:
    from submissions.registry import Text

# What the commonest reasons of a return mean for the one who has to correct them.
REASONS: Mapping[str, Text] = {
    "1313": _("The buyer's yearly limit is exceeded by customs' own count."),
    "1320": _("The list has another number of lines than the order."),
    "1322": _("Lines of the list differ from those of the order."),
    "1332": _("The amount paid in the payment is not the amount actually paid in the order."),
    "13035": _("The order names another payment firm than the payment."),
    "13127": _("The buyer of the list is not the buyer of the order."),
    "-301003": _("Customs has no order with this number."),
    "-401001": _("Customs has no payment for this order."),
    "-621018": _("The buyer's yearly limit is exceeded by customs' own count."),
    "-301010": _("An order with this number has been sent before."),
    "-401007": _("A payment with this number has been sent before."),
    "-504015": _("A waybill with this number has been sent before."),
    "-621004": _("An inventory list with this number, or another list of the same order, is under way."),
    "-301011": _("The order cannot be changed: an inventory list rests on it."),
    "-401008": _("The payment cannot be changed: an inventory list rests on it."),
    "-504016": _("The waybill cannot be changed: an inventory list rests on it."),
    "-621012": _("The list cannot be changed: customs has not returned it."),
}

# What a reply's status says, in plain words; the words of customs themselves stand beside it.
STATUSES: Mapping[str, Text] = {
    "1": _("The E-port has saved the document."),
    "2": _("The E-port is declaring the document."),
    "3": _("The E-port has sent the document to customs."),
    "4": _("The E-port could not send the document to customs."),
    "100": _("Customs has returned the document to be corrected."),
    "120": _("Customs has stored the document: the logic check is passed."),
    "300": _("An officer of customs is reviewing the list."),
    "399": _("Customs has concluded its check of the list."),
    "500": _("Customs inspects the goods."),
    "501": _("Customs has detained the goods and handed the case to clearance."),
    "502": _("Customs has detained the goods and handed the case to its anti-smuggling office."),
    "503": _("Customs has detained the goods and handed the case to its legal office."),
    "599": _("Customs has detained the goods for another reason."),
    "700": _("The goods are sent back out of the country."),
    "800": _("Customs has released the goods: they may leave."),
    "899": _("Customs has closed the list."),
}
_EPORT_ERROR = _("The E-port has refused the document.")
_UNKNOWN_STATUS = _("A status this portal does not know: {status}")

VERBS: Mapping[str, Text] = {
    "load": _("The document was received and read."),
    "wait": _("The list waits for its other documents."),
    "hold_identity": _("The list waits until the buyer's identity is verified."),
    "ready": _("The documents agree; the list can be sent."),
    "fault": _("Faults were found; the list will be sent together with our opinion."),
    "supersede": _("A later version replaces this one."),
    "send": _("The message was handed to the E-port."),
    "send_anew": _("The message was handed to the E-port again and taken."),
    "eport_failed": _("The E-port has refused the message at its door."),
}

OUTCOMES: Mapping[str, Text] = {
    "late": _("Arrived after a newer answer: kept, without effect."),
    "repeated": _("Said before in the same words: kept once more, without effect."),
    "out_of_place": _("Does not fit the state the document is in: kept, without effect."),
    "unknown_status": _("The status has no meaning here: kept, without effect."),
    "unknown_number": _("No document with this number is here yet: kept and tried again."),
}

ACTORS: Mapping[str, Text] = {
    "E-port": gettext_lazy("E-port"),
    "customs": pgettext_lazy("actor", "customs"),
    "portal": pgettext_lazy("actor", "the portal"),
}

# What is happening, who acts and what comes next: one sentence under the state of a list.
NEXT: Mapping[str, Text] = {
    DocumentState.LOADED: _("The portal compares the documents."),
    DocumentState.WAITING: _("The documents still missing are awaited from their senders."),
    DocumentState.READY: _("The message goes to the E-port once each of its lists is checked."),
    DocumentState.FAULTED: _(
        "The declarant may replace the document; otherwise it goes to customs as it is."
    ),
    DocumentState.SENT: _("The E-port answers next."),
    DocumentState.DECLARING: _("Customs answers next."),
    DocumentState.STORED: _("Customs decides next."),
    DocumentState.REVIEW: _("An officer of customs decides next."),
    DocumentState.INSPECTION: _("Customs inspects, then decides."),
    DocumentState.DETAINED: _("Customs has the case; the declarant hears from it."),
    DocumentState.CONCLUDED: _("Customs releases next."),
    DocumentState.RELEASED: _("Nothing is left to do."),
    DocumentState.CLOSED: _("Nothing is left to do."),
    DocumentState.RETURNED: _("The declarant corrects the document and declares it again."),
    DocumentState.EPORT_REFUSED: _("The sender corrects the document and sends it again."),
    DocumentState.SENT_BACK: _("Nothing is left to do."),
    DocumentState.SUPERSEDED: _("See the later version."),
}


# An export list goes on after its release, until customs closes it.
_EXPORT_NEXT: Mapping[str, Text] = {
    DocumentState.RELEASED: _("The goods leave the country; then customs closes the list."),
}


def next_of(kind: str, state: str) -> str:
    """What comes next for a document of that kind."""
    own = _EXPORT_NEXT.get(state) if kind == "export_list" else None
    return str(own or NEXT.get(state, ""))


@dataclass(frozen=True, slots=True)
class Reason:
    """One of customs' codes: its name in the code tables, and what to do about it where we know."""

    code: str
    name: str
    plain: str


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of a timeline. `words` are the agency's own; `effect` says why an answer changed nothing."""

    at: datetime
    actor: str
    sentence: str
    words: str = ""
    reasons: tuple[Reason, ...] = ()
    state: str = ""
    state_name: str = ""
    said_at: datetime | None = None
    effect: str = ""
    why: str = ""


def list_url(document_id: UUID, kind: str = "inventory") -> str:
    """Address of a list's page; empty where no pages are mounted."""
    try:
        return reverse(kind, args=[document_id])
    except NoReverseMatch:
        return ""


def status_sentence(status: str) -> str:
    """A reply's status in plain words, in the active language."""
    if status.startswith("-"):
        return str(_EPORT_ERROR)
    if status in STATUSES:
        return str(STATUSES[status])
    name = code_name("return_status", status)
    return name or str(_UNKNOWN_STATUS).format(status=status)


def status_actor(status: str) -> str:
    """Who speaks in a reply of that status."""
    return str(ACTORS["E-port" if said_by_eport(status) else "customs"])


def reason(code: str) -> Reason:
    """One code explained, as far as the tables and this page know it."""
    name = code_name("customs_reply_code", code) or code_name("import_error", code)
    return Reason(code, name, str(REASONS.get(code, "")))


def reasons_of(code: str, info: str) -> tuple[Reason, ...]:
    """Every code of a reply, those in its text first."""
    return tuple(reason(one) for one in dict.fromkeys([*reason_codes(info), *filter(None, [code])]))


def state_name(state: str) -> str:
    """A document's state in the active language."""
    return str(DocumentState(state).label) if state in DocumentState.values else state


def event_line(event: DocumentEvent, reply: CustomsReply | None) -> Line:
    """A change of state as an entry of the timeline."""
    actor = str(ACTORS.get(event.actor_label, event.actor_label))
    if reply is None:
        return Line(
            at=event.at,
            actor=actor,
            sentence=str(VERBS.get(event.verb, event.verb)),
            state=event.to_state,
            state_name=state_name(event.to_state),
            why=gettext(event.why) if event.why else "",
        )
    return Line(
        at=event.at,
        actor=actor,
        sentence=status_sentence(reply.status),
        words=reply.info,
        reasons=reasons_of(reply.code, reply.info),
        state=event.to_state,
        state_name=state_name(event.to_state),
        said_at=moment_of(reply.return_time),
    )


def reply_line(reply: CustomsReply) -> Line:
    """An answer that changed nothing, as an entry of the timeline."""
    return Line(
        at=reply.received_at,
        actor=status_actor(reply.status),
        sentence=status_sentence(reply.status),
        words=reply.info,
        reasons=reasons_of(reply.code, reply.info),
        said_at=moment_of(reply.return_time),
        effect=str(OUTCOMES.get(reply.outcome, reply.outcome)),
    )


def timeline(events: list[DocumentEvent], replies: list[CustomsReply]) -> list[Line]:
    """Events and the answers without effect, oldest first."""
    by_id = {one.pk: one for one in replies}
    used = {event.reply_id for event in events if event.reply_id}
    lines = [event_line(event, by_id.get(event.reply_id) if event.reply_id else None) for event in events]
    lines += [reply_line(one) for one in replies if one.pk not in used]
    return sorted(lines, key=lambda line: line.at)

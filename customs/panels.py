"""The documents of a message on the page of its submission."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.permissions import Permission
from customs.models import CebMessage
from customs.presenters import Reason, list_url, next_of, reasons_of
from customs.rows import DOCUMENTS
from customs.senders import LIST_KINDS, SENDINGS
from reference.problems import Problem
from submissions.models import Submission
from submissions.panels import Panel, register_panel

if TYPE_CHECKING:
    from accounts.principals import Principal

NUMBERS: dict[str, Callable[[Any], str]] = {
    "CEB311": lambda row: row.order_no,
    "CEB411": lambda row: row.pay_transaction_id,
    "CEB511": lambda row: row.logistics_no,
    "CEB621": lambda row: row.invt_no or row.cop_no,
}
_EXPORT_NUMBERS = {
    "CEB303": gettext_noop("Order number"),
    "CEB403": gettext_noop("Order number"),
    "CEB505": gettext_noop("Waybill number"),
    "CEB603": gettext_noop("List number"),
    "CEB507": gettext_noop("Master bill"),
    "CEB607": gettext_noop("Master bill"),
    "CEB509": gettext_noop("Master bill"),
}


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One document in the table."""

    index: int
    number: str
    order_no: str
    state: str
    state_name: str
    since: Any
    next: str
    words: str
    reasons: tuple[Reason, ...]
    url: str
    released: bool
    id: UUID


def register() -> None:
    """For every kind of message."""
    for sending in SENDINGS.values():
        register_panel(sending.kind, documents)


def documents(submission: Submission, principal: Principal) -> Panel:
    """The message's documents this reader may see, with their states."""
    message = CebMessage.objects.get(pk=submission.pk)
    sender_side = principal.agency is not None or _acts_for_sender(submission, principal)
    rows = _readable(DOCUMENTS[message.type], submission, principal, sender_side=sender_side)
    context = {
        "message": message,
        "rows": [_row(message.type, row) for row in rows],
        "problems": [Problem.from_stored(one) for one in message.problems] if sender_side else [],
        "number_name": {
            "CEB311": _("Order number"),
            "CEB411": _("Transaction"),
            "CEB511": _("Waybill number"),
            "CEB621": _("List number"),
        }.get(message.type)
        or _(_EXPORT_NUMBERS[message.type]),
        "with_order": message.type in ("CEB411", "CEB511", "CEB621", "CEB603"),
        "sender_side": sender_side,
    }
    return Panel("customs/_documents.html", context)


def _acts_for_sender(submission: Submission, principal: Principal) -> bool:
    return submission.company_id in principal.acting_for(submission.kind)


def _readable(
    model: type[Any], submission: Submission, principal: Principal, *, sender_side: bool
) -> QuerySet[Any]:
    """A party named in some documents of a message sees those, not the others."""
    if not principal.may(Permission.CEB_READ):
        return model.objects.none()
    rows = model.objects.filter(message_id=submission.pk).defer("personal").order_by("index")
    if sender_side:
        return rows
    return rows.filter(parties__overlap=sorted(principal.acting_for(submission.kind)))


def _page_of(row: Any) -> str:
    """The document's own page; "" for those that are read in a list's."""
    if row.kind in ("arrival", "manifest", "departure"):
        return list_url(row.pk, "export_notice")
    return list_url(row.pk, row.kind) if row.kind in LIST_KINDS else ""


def _row(type_: str, row: Any) -> DocumentRow:
    return DocumentRow(
        index=row.index,
        number=NUMBERS[type_](row) if type_ in NUMBERS else row.number,
        order_no=getattr(row, "order_no", ""),
        state=row.state,
        state_name=row.get_state_display(),
        since=row.state_at,
        next=next_of(row.kind, row.state),
        words=row.return_info,
        reasons=reasons_of(row.return_code, row.return_info) if row.return_info else (),
        url=_page_of(row),
        released=type_ == "CEB621" and row.released_at is not None,
        id=row.pk,
    )

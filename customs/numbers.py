"""Business numbers: which document a reply speaks of, and under which number replies name a document."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import cast
from uuid import UUID

from django.db.models import Q

from customs.claims import COP_NO
from customs.models import (
    Arrival,
    Collection,
    CustomsReply,
    Departure,
    DocumentKey,
    DocumentState,
    ExportList,
    ExportOrder,
    ExportWaybill,
    Inventory,
    Manifest,
    Order,
    Payment,
    Waybill,
)
from customs.senders import LIST_KINDS

Document = (
    Order
    | Payment
    | Waybill
    | Inventory
    | ExportOrder
    | Collection
    | ExportWaybill
    | ExportList
    | Arrival
    | Manifest
    | Departure
)
MODELS: Mapping[str, type[Document]] = {
    model.kind: model
    for model in (
        *(Order, Payment, Waybill, Inventory),
        *(ExportOrder, Collection, ExportWaybill, ExportList, Arrival, Manifest, Departure),
    )
}
_NUMBERS = {
    "order": ("ebp_code", "order_no"),
    "payment": ("pay_code", "pay_transaction_id"),
    "waybill": ("logistics_code", "logistics_no"),
    "collection": ("ebc_code", "order_no"),
    "export_waybill": ("logistics_code", "logistics_no"),
    "export_list": ("agent_code", "cop_no"),
    "arrival": ("logistics_code", "cop_no"),
    "manifest": ("agent_code", "cop_no"),
    "departure": ("logistics_code", "cop_no"),
}


def number_of(document: Document) -> tuple[str, str]:
    """(scope, number) under which replies name the document."""
    if isinstance(document, Inventory):
        # A list may have no number of its own; customs answers it under the start of its order number.
        return document.agent_code, document.cop_no or document.order_no[:COP_NO]
    if isinstance(document, ExportOrder):
        return f"{document.ebp_code}/{document.ebc_code}", document.order_no
    scope, number = _NUMBERS[document.kind]
    return getattr(document, scope), getattr(document, number)


def documents_of(
    replies: Sequence[CustomsReply], guids: Mapping[UUID, str] | None = None
) -> dict[UUID, UUID]:
    """Reply → the document that holds its business number now. All replies are of one kind."""
    if not replies:
        return {}
    kind = replies[0].kind
    if kind == "payment":
        return _payments_of(replies, guids or {})
    claims: defaultdict[str, dict[str, UUID]] = defaultdict(dict)
    keys = DocumentKey.objects.filter(kind=kind, number__in={one.number for one in replies})
    for scope, number, document_id in keys.values_list("scope", "number", "document_id"):
        claims[number][scope] = document_id
    found = {one.id: document for one in replies if (document := _holder(claims[one.number], one.scope))}
    missing = [one for one in replies if one.id not in found]
    if kind in LIST_KINDS and missing:
        found |= _lists_by_customs_numbers(missing, Inventory if kind == "inventory" else ExportList)
    return found


def _payments_of(replies: Sequence[CustomsReply], guids: Mapping[UUID, str]) -> dict[UUID, UUID]:
    """One transaction may cover several orders (R13.05), and customs' replies name the transaction only.

    Then the guid decides where the E-port repeats it; otherwise the replies are dealt out, the payment
    that was heard of longest ago first.
    """
    rows = Payment.objects.exclude(state=DocumentState.SUPERSEDED).filter(
        pay_transaction_id__in={one.number for one in replies}, pay_code__in={one.scope for one in replies}
    )
    claims: defaultdict[tuple[str, str], dict[UUID, str]] = defaultdict(dict)
    for row in rows.order_by("return_time", "id").only("id", "guid", "pay_code", "pay_transaction_id"):
        claims[row.pay_code, row.pay_transaction_id][row.pk] = row.guid
    found = {}
    for one in replies:
        holders = claims[one.scope, one.number]
        guid = guids.get(one.id, "")
        pick = next((key for key, own in holders.items() if guid and own == guid), next(iter(holders), None))
        if pick:
            found[one.id] = pick
            holders[pick] = holders.pop(pick)  # last in the row from now on
    return found


def _holder(claims: Mapping[str, UUID], scope: str) -> UUID | None:
    """agentCode may be missing from a CEB622: then the number must be one declarant's only."""
    if scope:
        return claims.get(scope)
    return next(iter(claims.values())) if len(claims) == 1 else None


def _lists_by_customs_numbers(
    replies: Sequence[CustomsReply], model: type[Inventory] | type[ExportList]
) -> dict[UUID, UUID]:
    """By pre-entry or list number, when the declarant's own number does not help.

    Never against it: a reply that names another number than the list's own is not this list's, and a
    release given to the wrong list is worse than one that waits for an official.
    """
    pre, invt = {one.pre_no for one in replies} - {""}, {one.invt_no for one in replies} - {""}
    if not pre and not invt:
        return {}
    lists = model.objects.exclude(state=DocumentState.SUPERSEDED).filter(
        Q(pre_no__in=pre) | Q(invt_no__in=invt)
    )
    rows = cast(
        "list[Inventory | ExportList]",
        list(lists.order_by("-id").only("id", "agent_code", "cop_no", "pre_no", "invt_no")),
    )
    found = {}
    for one in replies:
        hit = next((row for row in rows if _is_of(one, row)), None)
        if hit is not None:
            found[one.id] = hit.pk
    return found


def _is_of(reply: CustomsReply, row: Inventory | ExportList) -> bool:
    pre = bool(reply.pre_no) and reply.pre_no == row.pre_no
    invt = bool(reply.invt_no) and reply.invt_no == row.invt_no
    numbers = {reply.number, row.cop_no} - {""}
    return (pre or invt) and reply.scope in ("", row.agent_code) and len(numbers) <= 1

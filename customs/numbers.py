"""Business numbers: which document a reply speaks of, and under which number replies name a document."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from customs.claims import COP_NO
from customs.gateway.messages import Said
from customs.heard import Heard
from customs.models import (
    Arrival,
    Collection,
    Departure,
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
from reference.sets import array

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


def numbers_in(kind: str, message_ids: Iterable[UUID]) -> list[tuple[str, str]]:
    """`number_of` every document of these messages."""
    rows = MODELS[kind].objects.filter(message_id__in=list(message_ids)).defer("personal", "checks")
    return [number_of(document) for document in rows]


def documents_of(replies: Sequence[Heard]) -> dict[Heard, UUID]:
    """Reply → the document that holds its business number now. All replies are of one kind."""
    if not replies:
        return {}
    kind = replies[0].said.kind
    if kind == "payment":
        return _payments_of(replies)
    found = _by_own_number(kind, replies)
    missing = [one for one in replies if one not in found]
    if kind in LIST_KINDS and missing:
        found |= _lists_by_customs_numbers(missing, "inventory" if kind == "inventory" else "export_list")
    return found


_HOLDERS = """
SELECT k.scope, k.number, k.document_id FROM customs_documentkey k
JOIN (SELECT DISTINCT * FROM unnest(%s::text[], %s::text[]) AS w(scope, number)) w USING (scope, number)
WHERE k.kind = %s
"""
_HOLDERS_OF_NUMBER = """
SELECT number, (array_agg(document_id))[1] FROM customs_documentkey
WHERE kind = %s AND number = ANY(%s::text[]) GROUP BY number HAVING count(*) = 1
"""


def _by_own_number(kind: str, replies: Sequence[Heard]) -> dict[Heard, UUID]:
    """agentCode may be missing from a CEB622: then the number must be one declarant's only."""
    scoped = [one for one in replies if one.said.scope]
    others = [one for one in replies if not one.said.scope]
    numbers = (array(one.said.scope for one in scoped), array(one.said.number for one in scoped))
    holders = {(scope, number): key for scope, number, key in _rows(_HOLDERS, [*numbers, kind])}
    if others:
        wanted = array({one.said.number for one in others})
        holders |= {("", number): key for number, key in _rows(_HOLDERS_OF_NUMBER, [kind, wanted])}
    named = [(one, (one.said.scope, one.said.number)) for one in replies]
    return {one: holders[name] for one, name in named if name in holders}


def _rows(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


_PAYMENTS = """
SELECT pay_code, pay_transaction_id, id, guid FROM customs_payment
WHERE pay_transaction_id = ANY(%s::text[]) AND pay_code = ANY(%s::text[]) AND state <> 'superseded'
ORDER BY return_time, id
"""


def _payments_of(replies: Sequence[Heard]) -> dict[Heard, UUID]:
    """One transaction may cover several orders (R13.05), and customs' replies name the transaction only.

    Then the guid decides where the E-port repeats it; otherwise the replies are dealt out, the payment
    that was heard of longest ago first.
    """
    said = [one.said for one in replies]
    wanted = [array({one.number for one in said}), array({one.scope for one in said})]
    claims: defaultdict[tuple[str, str], dict[UUID, str]] = defaultdict(dict)
    for scope, number, key, guid in _rows(_PAYMENTS, wanted):
        claims[scope, number][key] = guid
    found = {}
    for one in replies:
        holders = claims[one.said.scope, one.said.number]
        guid = one.said.guid
        pick = next((key for key, own in holders.items() if guid and own == guid), next(iter(holders), None))
        if pick:
            found[one] = pick
            holders[pick] = holders.pop(pick)  # last in the row from now on
    return found


_NUMBERED = """
SELECT id, agent_code, cop_no, pre_no, invt_no FROM customs_{table}
WHERE ((pre_no <> '' AND pre_no = ANY(%s::text[])) OR (invt_no <> '' AND invt_no = ANY(%s::text[])))
  AND state <> 'superseded'
ORDER BY id DESC
"""


class _Numbered(NamedTuple):
    """A list by its numbers."""

    id: UUID
    agent_code: str
    cop_no: str
    pre_no: str
    invt_no: str


def _lists_by_customs_numbers(replies: Sequence[Heard], kind: str) -> dict[Heard, UUID]:
    """By pre-entry or list number, when the declarant's own number does not help.

    Never against it: a reply that names another number than the list's own is not this list's, and a
    release given to the wrong list is worse than one that waits for an official.
    """
    pre, invt = {one.said.pre_no for one in replies} - {""}, {one.said.invt_no for one in replies} - {""}
    if not pre and not invt:
        return {}
    table = kind.replace("_", "")
    rows = [_Numbered(*row) for row in _rows(_NUMBERED.format(table=table), [array(pre), array(invt)])]
    hits = {one: next((row for row in rows if _is_of(one.said, row)), None) for one in replies}
    return {one: row.id for one, row in hits.items() if row is not None}


def _is_of(said: Said, row: _Numbered) -> bool:
    pre = bool(said.pre_no) and said.pre_no == row.pre_no
    invt = bool(said.invt_no) and said.invt_no == row.invt_no
    numbers = {said.number, row.cop_no} - {""}
    return (pre or invt) and said.scope in ("", row.agent_code) and len(numbers) <= 1

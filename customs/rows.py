"""From a document on the wire to the row of its table: typed values, personal data sealed, hashes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any
from uuid import UUID

from django.db import models

from accounts.models import Company
from accounts.personal import keyed_hash, seal_fields
from customs import models as tables
from customs.ceb import Document, message_spec
from customs.senders import PARTIES
from reference.keys import uuid7s

DOCUMENTS: Mapping[str, type[models.Model]] = {
    "CEB311": tables.Order,
    "CEB411": tables.Payment,
    "CEB511": tables.Waybill,
    "CEB621": tables.Inventory,
    "CEB303": tables.ExportOrder,
    "CEB403": tables.Collection,
    "CEB505": tables.ExportWaybill,
    "CEB603": tables.ExportList,
    "CEB507": tables.Arrival,
    "CEB607": tables.Manifest,
    "CEB509": tables.Departure,
}
LINES: Mapping[str, tuple[type[models.Model], str]] = {
    "CEB311": (tables.OrderLine, "order_id"),
    "CEB621": (tables.InventoryLine, "inventory_id"),
    "CEB303": (tables.ExportOrderLine, "order_id"),
    "CEB603": (tables.ExportListLine, "export_list_id"),
    "CEB507": (tables.ArrivalLine, "arrival_id"),
    "CEB607": (tables.ManifestLine, "manifest_id"),
    "CEB509": (tables.DepartureLine, "departure_id"),
}
# Customs give these; what the sender writes there is no evidence.
_NOT_FROM_THE_SENDER = frozenset({"pre_no", "invt_no"})
# Column → the elements hashed into it. Numbers are compared in capitals (the X of an identity number).
_HASHES: Mapping[str, Mapping[str, str]] = {
    "CEB311": {
        "buyer_name_hash": "buyerName", "buyer_id_hash": "buyerIdNumber",
        "consignee_hash": "consigneeAddress",
        "consignee_name_hash": "consignee", "consignee_phone_hash": "consigneeTelephone",
    },
    "CEB411": {"payer_name_hash": "payerName", "payer_id_hash": "payerIdNumber"},
    "CEB511": {
        "consignee_hash": "consigneeAddress", "consignee_name_hash": "consignee",
        "consignee_phone_hash": "consigneeTelephone",
    },
    "CEB621": {
        "buyer_name_hash": "buyerName", "buyer_id_hash": "buyerIdNumber",
        "consignee_hash": "consigneeAddress",
    },
}  # fmt: skip
_CAPITAL = re.compile("(?<=[a-z])([A-Z])")

Row = dict[str, Any]


def id_hash(number: str) -> bytes:
    """The hash by which people are told apart: matching, yearly limit."""
    return keyed_hash(number.strip().upper())


def _hash(element: str, value: str) -> bytes:
    return id_hash(value) if element.endswith("IdNumber") else keyed_hash(value)


def _snake(element: str) -> str:
    return _CAPITAL.sub(lambda found: f"_{found[1].lower()}", element)


@cache
def _columns(model: type[models.Model], type_: str, *, lines: bool) -> tuple[tuple[str, str, bool], ...]:
    """(element, column, is a number) for every element of the head or the line that has a column of its own."""
    spec = message_spec(type_)
    block = spec.lines if lines else spec.head
    if block is None:
        return ()
    fields = {field.attname: field for field in model._meta.concrete_fields}
    pairs = ((element.name, fields.get(_snake(element.name))) for element in block.fields)
    return tuple(
        (name, field.attname, isinstance(field, models.DecimalField | models.IntegerField))
        for name, field in pairs
        if field and field.attname not in _NOT_FROM_THE_SENDER
    )


def _filled(columns: Iterable[tuple[str, str, bool]], values: Mapping[str, str]) -> Row:
    """Numbers stay the text they came as; an empty one is no number."""
    get = values.get
    return {column: (get(name, "") or None) if number else get(name, "") for name, column, number in columns}


@cache
def _personal(type_: str) -> tuple[str, ...]:
    return tuple(field.name for field in message_spec(type_).head.fields if field.personal)


def parties(type_: str, document: Document, companies: Mapping[str, Company]) -> list[int]:
    """Ids of the companies that the document names, as far as they are known here."""
    named = (companies.get(document.head.get(element, "")) for element in PARTIES[type_])
    return sorted({company.pk for company in named if company})


def codes_in(type_: str, documents: Iterable[Document]) -> set[str]:
    """Every company code that the documents name."""
    return {code for document in documents for e in PARTIES[type_] if (code := document.head.get(e, ""))}


def document_row(
    type_: str,
    document: Document,
    *,
    key: UUID,
    message_id: UUID,
    companies: Mapping[str, Company],
    sender: Company,
) -> Row:
    """The row of the document's table under the key."""
    head = document.head
    personal = {name: value for name in _personal(type_) if (value := head.get(name))}
    return {
        **_filled(_columns(DOCUMENTS[type_], type_, lines=False), head),
        **{column: _hash(name, head.get(name, "")) for column, name in _HASHES.get(type_, {}).items()},
        "id": key,
        "message_id": message_id,
        "index": document.index,
        "parties": sorted({sender.pk, *parties(type_, document, companies)}),
        "personal": seal_fields(personal, context=str(key)) if personal else None,
    }


def line_rows(type_: str, document: Document, key: UUID) -> list[Row]:
    """The rows of its lines; none for documents without lines."""
    if type_ not in LINES:
        return []
    model, parent = LINES[type_]
    columns = _columns(model, type_, lines=True)
    keys = uuid7s(len(document.lines))
    return [
        {**_filled(columns, line), "id": own, parent: key}
        for own, line in zip(keys, document.lines, strict=True)
    ]

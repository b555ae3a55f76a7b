"""The twelve import orders of the story as messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time

from customs.ceb import Document
from customs.demo.cast import BUYERS, GOODS, ORDERS
from customs.demo.sales import Line, Sale
from customs.demo.wire import TYPES, WRITERS, envelope, with_values

OPENING = time(9, 10)
Lines = Mapping[int, Mapping[str, str | None]]


def story_sale(key: str, *, run: str = "") -> Sale:
    """The facts of one order, `O01` … `O12`. `run` gives all its numbers another ending."""
    told = ORDERS[key]
    sale = Sale(
        number=f"{told.day:%Y%m%d}{key}{run}",
        mode=told.mode,
        ordered=datetime.combine(told.day, OPENING),
        buyer=BUYERS[told.buyer],
        payer=BUYERS[told.payer],
        lines=tuple(Line(GOODS[sku], quantity, price) for sku, quantity, price in told.lines),
        tax=told.tax,
        freight=told.freight,
        discount=told.discount,
        paid=told.paid,
        note=told.note,
        address_number=told.buyer.removeprefix("P"),
    )
    if sale.actural_paid != told.actural_paid:
        raise ValueError(f"{key}: {sale.actural_paid} is not {told.actural_paid}")
    return sale


def story_document(
    key: str,
    type_: str,
    *,
    run: str = "",
    app_type: str = "1",
    lines: Lines | None = None,
    **head: str | None,
) -> Document:
    """One document of one order; `head` and `lines` replace values by their names on the wire."""
    return with_values(WRITERS[type_](story_sale(key, run=run), app_type), head, lines or {})


def story_message(
    key: str,
    type_: str,
    *,
    run: str = "",
    app_type: str = "1",
    message_guid: str = "",
    sender: str = "",
    lines: Lines | None = None,
    **head: str | None,
) -> bytes:
    """The signed message of one document: the same arguments give the same bytes.

    `head` and `lines` (counted from 1) replace values by their names on the wire, None takes a field out;
    `sender` is the key of another company in the envelope.
    """
    document = story_document(key, type_, run=run, app_type=app_type, lines=lines, **head)
    return envelope(type_, [document], guid=message_guid, sender=sender)


def story_set(key: str, *, run: str = "") -> dict[str, bytes]:
    """The four messages of one order by their types, as they are first sent."""
    return {type_: story_message(key, type_, run=run) for type_ in TYPES}


def story_batch(keys: Sequence[str], type_: str, *, run: str = "") -> bytes:
    """One message with the documents of several orders."""
    return envelope(type_, [story_document(key, type_, run=run) for key in keys])


def story_correction(key: str, *, run: str = "") -> dict[str, bytes]:
    """Payment and list declared again (appType 2), the payment with the right amount."""
    right = replace(story_sale(key, run=run), paid=None)
    return {type_: envelope(type_, [WRITERS[type_](right, "2")]) for type_ in ("CEB411", "CEB621")}

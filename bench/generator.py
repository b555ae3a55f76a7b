"""Coherent sets for the measurement: two-line lists with their documents, signed, made before it."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

from customs.ceb import Document
from customs.demo.coherent import FEN, PLAIN, START, _tax, invented_buyer
from customs.demo.sales import Line, Sale
from customs.demo.wire import TYPES, WRITERS, envelope

PER_MESSAGE = 100


def two_line_sale(number: int) -> Sale:
    """A sale of two kinds of goods to a person who cannot exist."""
    dice = random.Random(f"bench/{number}")
    lines = tuple(
        Line(goods, Decimal(dice.randint(1, 4)), Decimal(price) + dice.randint(0, 99) * FEN)
        for goods, price in dice.sample(PLAIN, 2)
    )
    return Sale(
        number=f"B{number:09d}",
        mode="1210",
        ordered=START + timedelta(seconds=number % 86_400),
        buyer=invented_buyer(dice, number),
        lines=lines,
        tax=_tax(lines),
        address_number=str(number),
    )


def document_set(index: int, size: int = PER_MESSAGE) -> dict[str, list[Document]]:
    """The documents of the index-th hundred, by type of message."""
    told = [two_line_sale(index * size + number) for number in range(1, size + 1)]
    return {type_: [WRITERS[type_](sale, "1") for sale in told] for type_ in TYPES}


def message_set(documents: Mapping[str, Sequence[Document]]) -> dict[str, bytes]:
    """The four signed messages that hold them, by type."""
    return {type_: envelope(type_, ones) for type_, ones in documents.items()}

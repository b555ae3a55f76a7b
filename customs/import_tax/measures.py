"""Contents and quantities: what one unit sold holds, in the unit a rule asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple, cast

from customs.import_tax.values import ContentUnit, Rate

# Customs' unit codes (reference table "unit") that measure a content.
CUSTOMS_UNITS: dict[str, tuple[ContentUnit, Decimal]] = {
    "035": ("kg", Decimal(1)),
    "036": ("g", Decimal(1)),
    "095": ("l", Decimal(1)),
    "063": ("l", Decimal(1000)),
    "070": ("kg", Decimal(1000)),
    "096": ("ml", Decimal(1)),
    "010": ("sheet", Decimal(1)),
    "020": ("sheet", Decimal(1)),
}
TO_BASE: dict[str, tuple[str, Decimal]] = {
    "g": ("mass", Decimal(1)),
    "kg": ("mass", Decimal(1000)),
    "ml": ("volume", Decimal(1)),
    "l": ("volume", Decimal(1000)),
    "sheet": ("sheet", Decimal(1)),
    "piece": ("piece", Decimal(1)),
}


class Content(NamedTuple):
    """What one unit sold holds."""

    amount: Decimal
    unit: ContentUnit


def convert(amount: Decimal, unit: str, wanted: str) -> Decimal | None:
    """`amount` of `unit` in `wanted`; None when one cannot be told from the other (a litre of what?)."""
    kind, size = TO_BASE[unit]
    wanted_kind, wanted_size = TO_BASE[wanted]
    return amount * size / wanted_size if kind == wanted_kind else None


def for_threshold(content: Content, threshold_unit: str) -> Content | None:
    """`content` in the unit of a threshold; “ml_or_g” takes whichever of the two the label states."""
    wanted: tuple[ContentUnit, ...]
    wanted = ("ml", "g") if threshold_unit == "ml_or_g" else (cast(ContentUnit, threshold_unit),)
    for unit in wanted:
        amount = convert(content.amount, content.unit, unit)
        if amount is not None:
            return Content(amount, unit)
    return None


def statutory_contents(quantity: Decimal, *measured: tuple[str, Decimal]) -> list[Content]:
    """Contents per unit sold from a list's statutory quantities: `(unit1, qty1)`, `(unit2, qty2)`."""
    return [
        Content(amount * CUSTOMS_UNITS[code][1] / quantity, CUSTOMS_UNITS[code][0])
        for code, amount in measured
        if code in CUSTOMS_UNITS and quantity > 0 and amount > 0
    ]


def content_for(rate: Rate, contents: Iterable[Content]) -> Content | None:
    """The first of `contents` by which the consumption tax of `rate` can be decided.

    Hand in the statutory quantities first: they are what customs taxes by (R1.17); the text is a makeshift
    for sheets, which no statutory unit counts.
    """
    for content in contents:
        threshold = rate.ct_threshold is None or for_threshold(content, rate.ct_threshold_unit)
        specific = rate.ct_specific_unit is None or convert(*content, rate.ct_specific_unit) is not None
        if threshold and specific:
            return content
    return None


# "50 g", "30ml", "0.75 L", "5片/盒", "750毫升". The figure must not go on into another word or number.
WRITTEN = re.compile(
    r"(?<![a-z0-9.])(?P<amount>\d+(?:\.\d+)?)\s*"
    r"(?P<unit>千克|公斤|毫升|kg|ml|克|升|片|张|g|l)(?![a-z])",
    re.IGNORECASE,
)
WRITTEN_UNITS: dict[str, ContentUnit] = {
    "千克": "kg",
    "公斤": "kg",
    "kg": "kg",
    "克": "g",
    "g": "g",
    "毫升": "ml",
    "ml": "ml",
    "升": "l",
    "l": "l",
    "片": "sheet",
    "张": "sheet",
}


def written_contents(specification: str) -> list[Content]:
    """Every content that a specification text (gmodel) states, in reading order."""
    return [
        Content(Decimal(m["amount"]), WRITTEN_UNITS[m["unit"].lower()])
        for m in WRITTEN.finditer(specification)
        if Decimal(m["amount"]) > 0
    ]

"""Contents and quantities: what one unit sold holds, in the unit a rule asks for."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple, cast

from customs.import_tax.values import ContentUnit

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


def statutory_content(quantity: Decimal, *measured: tuple[str, Decimal]) -> Content | None:
    """Content per unit sold from a list's statutory quantities: `(unit code, qty1)`, `(unit code, qty2)`.

    Volume and sheets come before mass, whatever their order: a mass may include more than the label states.
    """
    found: list[Content] = []
    for code, amount in measured:
        known = CUSTOMS_UNITS.get(code)
        if known and quantity > 0 and amount > 0:
            found.append(Content(amount * known[1] / quantity, known[0]))
    return min(found, key=lambda c: c.unit in ("g", "kg"), default=None)


# "50 g", "30ml", "0.75 L", "5片/盒", "750毫升". The figure must not go on into another word or number.
WRITTEN = re.compile(
    r"(?<![\w.])(?P<amount>\d+(?:\.\d+)?)\s*"
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

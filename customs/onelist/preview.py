"""The import tax of a list that is being typed, by the same rules as of one handed in; nothing is stored.

What the buyer has used of the year is not told here: whoever types an identity number must not learn it.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from customs import tax
from customs.ceb import Message
from customs.import_tax.values import Assessment
from customs.models import TaxRegime
from customs.onelist.sheet import Sheet
from customs.onelist.typed import number
from reference.problems import Problem

NIL = UUID(int=0)
_NUMBERS = ("qty", "price", "qty1")


@dataclass(frozen=True, slots=True)
class Preview:
    """`assessment` None: what it needs is not filled in yet (`missing`: how many lines lack something)."""

    assessment: Assessment | None
    problems: tuple[Problem, ...] = ()
    missing: int = 0

    @property
    def regime_name(self) -> str:
        """The regime in words."""
        return str(TaxRegime(self.assessment.regime).label) if self.assessment else ""


def preview(sheet: Sheet, message: Message) -> Preview | None:
    """None for a list without import tax."""
    if sheet.type != "CEB621":
        return None
    document = message.documents[0]
    rows = [_row(at, line) for at, line in enumerate(document.lines, 1)]
    whole = [row for row in rows if row is not None]
    day = document.head.get("declTime", "")
    charges = [number(document.head.get(name) or "0") for name in ("freight", "insuredFee")]
    if len(whole) < len(rows) or not rows or None in charges:
        return Preview(None, missing=len(rows) - len(whole))
    head: dict[str, Any] = {"id": NIL, "decl_time": day, "freight": charges[0], "insured_fee": charges[1]}
    try:
        rules = tax.rules_of([head], {NIL: whole}).get(day)
    except ValueError:  # no day
        return Preview(None)
    found = tax.tax(head, whole, rules, Decimal(0))
    result = found.assessment
    # What refuses an order is among the problems already; what taxes it in full is told beside them.
    more = result.reasons if result is not None and result.regime != "refused" else ()
    return Preview(result, (*found.problems, *more))


def _row(at: int, line: dict[str, str]) -> dict[str, Any] | None:
    """A line as the rules read it; None while a number or the code is lacking."""
    values = {name: number(line.get(name, "")) for name in _NUMBERS}
    code = line.get("gcode", "")
    if (
        any(value is None or value < 0 for value in values.values())
        or not values["qty"]
        or len(code) != len("0" * 10)
    ):
        return None
    return values | {
        "gnum": at,
        "gcode": code,
        "gname": line.get("gname", ""),
        "gmodel": line.get("gmodel", ""),
        "unit1": line.get("unit1", ""),
        "unit2": line.get("unit2", ""),
        "qty2": number(line.get("qty2", "")),
    }

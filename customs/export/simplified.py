"""Simplified (A) and summary (B) declaration of export lists: pure rule R2.04, every condition that is not met.

Sources: field texts of the 202205 specification; GACC 2018-194 art. 11 for the value of a parcel (unverified).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

SIMPLIFIED, SUMMARY = "A", "B"
FOUR_DIGITS, REST = 4, "000000"


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides. None: not known here, and therefore nothing is said of it.

    `refund`: the exporter means to claim the tax refund. `value`, `limit`: CNY of the parcel and what it may be.
    """

    flag: str
    gcodes: tuple[str, ...]
    in_pilot_zone: bool | None
    export_duty: bool | None = None
    refund: bool | None = None
    licence: bool | None = None
    value: Decimal | None = None
    limit: Decimal | None = None


def unmet(facts: Facts) -> list[str]:
    """Codes of the conditions that are not met, in the order of the rule; empty: declared as it may be."""
    if facts.flag == SUMMARY:
        return ["export.hs_short"] if any(is_short(code) for code in facts.gcodes) else []
    over = facts.value is not None and facts.limit is not None and facts.value > facts.limit
    conditions = {
        "export.zone": facts.in_pilot_zone is False,
        "export.duty": facts.export_duty is True,
        "export.refund": facts.refund is True,
        "export.licence": facts.licence is True,
        "export.value": over,
    }
    return [code for code, broken in conditions.items() if broken]


def is_short(gcode: str) -> bool:
    """Only the heading is given: four digits, or four filled up with zeros."""
    return len(gcode) == FOUR_DIGITS or gcode.endswith(REST)

"""The matrix of R2.04: every condition alone, all of them together, and what flag B asks instead."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import product

import pytest

from customs.export.simplified import Facts, unmet

GOOD = Facts("A", ("6301000000",), True, False, False, False, Decimal("204.45"), Decimal(5000))
BROKEN: dict[str, dict[str, object]] = {
    "export.zone": {"in_pilot_zone": False},
    "export.duty": {"export_duty": True},
    "export.refund": {"refund": True},
    "export.licence": {"licence": True},
    "export.value": {"value": Decimal("5000.01")},
}


@pytest.mark.parametrize("broken", list(product((False, True), repeat=len(BROKEN))))
def test_flag_a_needs_every_condition(broken: tuple[bool, ...]) -> None:
    wanted = [code for code, is_broken in zip(BROKEN, broken, strict=True) if is_broken]
    facts = GOOD
    for code in wanted:
        facts = replace(facts, **BROKEN[code])  # type: ignore[arg-type]
    assert unmet(facts) == wanted


@pytest.mark.parametrize("gcode", ["6301000000", "6301", "6301400000"])
def test_flag_a_takes_four_digits_or_ten(gcode: str) -> None:
    assert unmet(replace(GOOD, gcodes=(gcode,))) == []


@pytest.mark.parametrize(("gcode", "short"), [("5702", True), ("5702000000", True), ("5702420000", False)])
def test_flag_b_needs_ten_digits(gcode: str, short: bool) -> None:
    facts = replace(GOOD, flag="B", in_pilot_zone=False, refund=True, gcodes=("8712003000", gcode))
    assert unmet(facts) == (["export.hs_short"] if short else [])


def test_exactly_at_the_limit_is_within_it_and_the_unknown_stops_nothing() -> None:
    assert unmet(replace(GOOD, value=Decimal(5000))) == []
    unknown = replace(GOOD, in_pilot_zone=None, export_duty=None, refund=None, licence=None, value=None)
    assert unmet(unknown) == []

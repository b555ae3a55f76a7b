"""The limits: the decision table of the law and its earlier version."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal as D

import pytest

from customs.import_tax.limits import decide
from customs.import_tax.rules import assess
from customs.import_tax.values import OrderLine, OrderValue
from reference.parameters import Parameters

PLAIN = {"vat_rate": D("0.13"), "ct_rate": D(0), "tariff_rate": D("0.10")}


def order(dutiable_value: str, items: int) -> OrderValue:
    """An order of that value with so many items, each a line of its own."""
    rest = D(dutiable_value) - (items - 1)
    prices = [D(1)] * (items - 1) + [rest]
    return OrderValue(tuple(OrderLine("", price, D(1), **PLAIN) for price in prices))


@pytest.mark.parametrize(
    "row",
    [
        ("L1", "5000.00", 3, "0", "within_limit", "5000.00"),
        ("L2", "5000.01", 1, "0", "full_tax", "5000.01"),
        ("L3", "5000.01", 2, "0", "refused", "0"),
        ("L4", "5000.00", 1, "21000.00", "within_limit", "26000.00"),
        ("L5", "5000.00", 1, "21000.01", "refused", "21000.01"),
        ("L6", "26000.00", 1, "0", "full_tax", "26000.00"),
        ("L7", "26000.01", 1, "0", "refused", "0"),
        ("L8", "6000.00", 1, "20000.01", "refused", "20000.01"),
        ("L9", "300.00", 1, "26000.00", "refused", "26000.00"),
    ],
)
def test_decision_table(row: tuple[str, str, int, str, str, str], today: Parameters) -> None:
    case, dutiable_value, items, used, regime, used_after = row
    result = assess(order(dutiable_value, items), {}, today, D(used))
    assert (result.regime, result.used_after) == (regime, D(used_after)), case
    assert (result.total is None) == (regime == "refused")


def test_two_units_on_one_line_are_two_items(today: Parameters) -> None:
    two = OrderValue((OrderLine("", D("2500.01"), D(2), **PLAIN),))
    assert assess(two, {}, today).regime == "refused"


def test_the_reading_of_item_is_a_parameter(today: Parameters) -> None:
    by_line = replace(today, item_reading=replace(today.item_reading, value="line"))
    two = OrderValue((OrderLine("", D("2500.01"), D(2), **PLAIN),))
    assert assess(two, {}, by_line).regime == "full_tax"


def test_the_reading_of_exceeds_is_a_parameter(today: Parameters) -> None:
    strict = replace(today, limit_exceeded=replace(today.limit_exceeded, value="at_or_above"))
    assert assess(order("5000.00", 3), {}, strict).regime == "refused"
    assert assess(order("4999.99", 3), {}, strict).regime == "within_limit"


def test_both_limits_exceeded_are_both_named(today: Parameters) -> None:
    result = assess(order("6000.00", 2), {}, today, D(25000))
    assert {reason.code for reason in result.reasons} == {
        "import_tax.over_yearly_limit",
        "import_tax.over_single_limit",
    }


@pytest.mark.parametrize(
    ("on", "dutiable_value", "used", "regime"),
    [
        (date(2016, 4, 8), "2000.00", "0", "within_limit"),
        (date(2018, 12, 31), "2000.01", "0", "full_tax"),
        (date(2018, 12, 31), "2000.00", "18000.01", "full_tax"),
        (date(2018, 12, 31), "2000.00", "18000.00", "within_limit"),
        (date(2019, 1, 1), "2000.01", "18000.00", "within_limit"),
    ],
)
def test_until_2018_what_exceeds_is_taxed_in_full(
    on: date, dutiable_value: str, used: str, regime: str, parameters_on
) -> None:
    order_of_two = order(dutiable_value, 2)
    assert decide(order_of_two, D(dutiable_value), D(used), parameters_on(on)).regime == regime


def test_the_rules_named_are_those_of_the_case(today: Parameters) -> None:
    def codes(value: str, items: int, used: str = "0") -> set[str]:
        return {rule.code for rule in assess(order(value, items), {}, today, D(used)).rules}

    assert {"R1.04", "R1.05", "R1.12"} <= codes("100.00", 1)
    assert "R1.06" in codes("6000.00", 1)
    assert "R1.08" in codes("6000.00", 2)
    assert "R1.07" in codes("300.00", 1, "26000.00")
    assert "R1.05" not in codes("6000.00", 1)


def test_doubts_are_shown_with_the_rules(today: Parameters) -> None:
    rules = assess(order("6000.00", 1), {}, today).rules
    assert {rule.standing for rule in rules if rule.code == "R1.09"} == {"contested", "unverified"}
    assert all(rule.source for rule in rules if rule.code.startswith("R1."))

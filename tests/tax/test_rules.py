"""Which lines are exempt, and by which rule the others are not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tax.law import law
from tax.lines import Candidate, of_closed
from tax.money import to_cny
from tax.rules import TEXTS, judge
from tests.tax.story import HS, NOVEMBER, OCTOBER, october


def a_line(number: int = 1, **changes: object) -> Candidate:
    """A line of the story with its filing."""
    line = of_closed(october()[number - 1])
    filed = {"hs10": HS[line.item_no], "registered_since": date(2026, 8, 31)}
    return replace(line, **(filed | changes))


def codes(line: Candidate, month: date = OCTOBER) -> list[str]:
    return [reason.code for reason in judge(line, month, law())]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"export_date": date(2018, 9, 30), "registered_since": date(2018, 1, 1)}, "too_early"),
        ({"registered_since": None}, "not_registered"),
        ({"registered_since": date(2026, 10, 11)}, "not_registered"),
        ({"trade_mode": "9710"}, "not_retail"),
        ({"trade_mode": "9810"}, "not_retail"),
        ({"closed_on": None}, "not_closed"),
        ({"closed_on": date(2026, 11, 2)}, "next_month"),
        ({"returned_on": date(2026, 11, 6)}, "returned"),
        ({"customs_office": "0101"}, "other_customs"),
        ({"statistics_flag": "B"}, "summary_declaration"),
        ({"unit": ""}, "field_missing"),
        ({"amount": Decimal("29.01")}, "amount_wrong"),
        ({"hs10": ""}, "goods_not_filed"),
        ({"hs10": "8541430000"}, "refund_cancelled"),
        ({"invoice_held": True}, "invoice_held"),
        ({"exempted_in": date(2026, 9, 1)}, "already_exempted"),
    ],
)
def test_each_reason_is_found_with_its_source_and_its_fix(changes: dict[str, object], code: str) -> None:
    found = judge(a_line(**changes), OCTOBER, law())
    assert code in [reason.code for reason in found]
    assert all(reason.basis.source and reason.text and reason.fix for reason in found)


def test_a_line_without_fault_is_exempt() -> None:
    assert codes(a_line()) == []


def test_every_reason_is_found_and_in_order() -> None:
    line = a_line(statistics_flag="B", unit="", invoice_held=True, customs_office="0101")
    found = codes(line)
    assert found == ["other_customs", "summary_declaration", "field_missing", "invoice_held"]
    assert found == sorted(found, key=list(TEXTS).index)


def test_the_day_of_registration_counts() -> None:
    assert codes(a_line(registered_since=date(2026, 10, 10))) == []


def test_a_line_closed_in_november_belongs_there() -> None:
    assert codes(a_line(19)) == ["next_month"]
    assert codes(a_line(19), NOVEMBER) == []


@pytest.mark.parametrize(
    ("day", "cancelled"),
    [(date(2026, 3, 31), False), (date(2026, 4, 1), True)],
)
def test_photovoltaic_goods_by_the_day_of_export(day: date, cancelled: bool) -> None:
    assert (law().cancelled("8541430000", day) is not None) is cancelled


@pytest.mark.parametrize(
    ("day", "cancelled"),
    [(date(2026, 10, 31), False), (date(2026, 12, 31), False), (date(2027, 1, 1), True)],
)
def test_batteries_only_from_2027(day: date, cancelled: bool) -> None:
    assert (law().cancelled("8507600090", day) is not None) is cancelled


def test_four_digits_say_nothing_of_cancelled_goods() -> None:
    assert law().cancelled("8541", date(2026, 10, 17)) is None


def test_the_vat_law_makes_the_notice_contested() -> None:
    rules = [law().rule("exemption", day) for day in (date(2025, 12, 31), date(2026, 1, 1))]
    assert [rule.basis.standing for rule in rules if rule] == ["firm", "contested"]
    assert law().rule("exemption", date(2018, 9, 30)) is None


def test_a_tie_is_rounded_up() -> None:
    assert to_cny(Decimal("14.50"), Decimal("7.0500")) == Decimal("102.23")


@given(
    quantity=st.integers(1, 9999),
    price=st.decimals(Decimal("0.01"), 5000, places=2, allow_nan=False),
    off=st.decimals(Decimal("-1"), 1, places=2, allow_nan=False),
)
def test_an_amount_is_quantity_times_price_or_it_is_said(quantity: int, price: Decimal, off: Decimal) -> None:
    line = a_line(quantity=Decimal(quantity), unit_price=price, amount=quantity * price + off)
    assert ("amount_wrong" in codes(line)) is (off != 0)


@given(
    st.sets(st.sampled_from(["unit", "goods_name", "item_no", "hs10"])), st.booleans(), st.sampled_from("AB")
)
def test_judging_is_whole_and_repeatable(blank: set[str], held: bool, flag: str) -> None:
    line = a_line(**dict.fromkeys(blank, ""), invoice_held=held, statistics_flag=flag)
    found = codes(line)
    assert found == codes(line)
    assert ("field_missing" in found) is bool(blank & {"unit", "goods_name"})
    assert ("goods_not_filed" in found) is ("hs10" in blank)
    assert ("invoice_held" in found, "summary_declaration" in found) == (held, flag == "B")

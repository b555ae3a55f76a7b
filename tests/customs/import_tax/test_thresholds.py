"""Consumption tax that hangs on a unit value or a quantity, and rates that are missing or given."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal as D

import pytest

from customs.import_tax.rules import assess
from customs.import_tax.values import Assessment, OrderLine, OrderValue, Rate

CREAM = "3304990029"
MASK = "3304990049"
WHISKY = "2208300000"


@pytest.fixture
def assessed(today, story_rates):
    def run(*lines: OrderLine, freight: str = "0") -> Assessment:
        return assess(OrderValue(lines, freight=D(freight)), story_rates, today)

    return run


@pytest.mark.parametrize(
    ("price", "content", "unit", "taxed"),
    [
        ("700.00", "50", "g", True),
        ("700.00", "83.5", "g", False),
        ("500.00", "50", "g", True),
        ("499.99", "50", "g", False),
        ("500.00", "0.05", "kg", True),
        ("500.00", "50", "ml", True),
        ("500.00", "0.05", "l", True),
    ],
)
def test_skin_care_is_taxed_from_ten_yuan_per_gram_or_millilitre(
    price: str, content: str, unit: str, taxed: bool, assessed
) -> None:
    result = assessed(OrderLine(CREAM, D(price), D(1), "", D(content), unit))  # type: ignore[arg-type]
    assert result.lines[0].threshold_met is taxed
    assert (result.consumption_tax > 0) is taxed


@pytest.mark.parametrize(("price", "taxed"), [("75.00", True), ("74.99", False)])
def test_masks_are_taxed_from_fifteen_yuan_per_sheet(price: str, taxed: bool, assessed) -> None:
    result = assessed(OrderLine(MASK, D(price), D(4), "", D(5), "sheet"))
    assert (result.consumption_tax > 0) is taxed


def test_freight_counts_in_the_unit_value_and_the_reading_is_a_parameter(today, story_rates) -> None:
    order = OrderValue((OrderLine(CREAM, D("296.00"), D(1), "", D(30), "g"),), freight=D(5))
    with_freight = assess(order, story_rates, today)
    setting = replace(today.threshold_includes_freight, value=False)
    without = assess(order, story_rates, replace(today, threshold_includes_freight=setting))
    assert (with_freight.total, without.total) == (D("69.40"), D("27.39"))
    assert with_freight.lines[0].unit_value == D("10.0333")
    assert without.lines[0].unit_value == D("9.8667")


def test_whisky_pays_by_value_and_by_litre(assessed) -> None:
    one = assessed(OrderLine(WHISKY, D("480.00"), D(1), "", D("0.7"), "l"))
    two = assessed(OrderLine(WHISKY, D("240.00"), D(2), "", D("350"), "ml"))
    assert one.consumption_tax == two.consumption_tax == D("84.56")


def test_whisky_stated_in_grams_cannot_be_counted_in_litres(assessed) -> None:
    result = assessed(OrderLine(WHISKY, D("480.00"), D(1), "", D("670"), "g"))
    assert [(p.code, p.path) for p in result.problems] == [
        ("import_tax.content_unit", "/lines/0/content_unit")
    ]
    assert result.total is None


def test_everything_missing_is_named_at_once(assessed) -> None:
    result = assessed(
        OrderLine("9999999999", D(10), D(1)),
        OrderLine(CREAM, D(700), D(1)),
        OrderLine("1901101090", D(218), D(1)),
        OrderLine("8888888888", D(10), D(1), vat_rate=D("0.13")),
    )
    assert [(p.code, p.path) for p in result.problems] == [
        ("import_tax.rate_missing", "/lines/0/hs"),
        ("import_tax.content_missing", "/lines/1/content"),
        ("import_tax.rate_missing", "/lines/3/hs"),
    ]
    assert "consumption_tax_rate" in result.problems[2].text
    assert "vat_rate" not in result.problems[2].text
    assert result.regime == "within_limit"
    assert {line.vat for line in result.lines} == {None}


def test_the_tariff_rate_is_asked_for_only_when_it_is_used(today) -> None:
    def run(price: str) -> Assessment:
        line = OrderLine("", D(price), D(1), vat_rate=D("0.13"), ct_rate=D(0))
        return assess(OrderValue((line,)), {}, today)

    assert not run("5000.00").problems
    assert [p.code for p in run("5000.01").problems] == ["import_tax.rate_missing"]


def test_given_rates_override_the_table(assessed) -> None:
    plain = assessed(OrderLine("1901101090", D(100), D(1)))
    given = assessed(OrderLine("1901101090", D(100), D(1), vat_rate=D("0.09")))
    assert (plain.total, given.total) == (D("9.10"), D("6.30"))
    assert "rates.stated" in {rule.code for rule in given.rules}


def test_a_given_consumption_tax_without_content_is_taken_as_stated(assessed) -> None:
    result = assessed(OrderLine(CREAM, D(100), D(1), ct_rate=D("0.15")))
    assert result.total == D("23.06")


def test_a_given_consumption_tax_with_content_is_still_tested_against_the_threshold(assessed) -> None:
    result = assessed(OrderLine(CREAM, D(100), D(1), "", D(50), "g", ct_rate=D("0.15")))
    assert result.total == D("9.10")


def test_a_threshold_by_piece(today) -> None:
    watch = Rate(
        "9101110000", D("0.13"), D("0.20"), D("0.08"), ct_threshold=D(10000), ct_threshold_unit="piece"
    )
    line = OrderLine("9101110000", D("9999.99"), D(1), "", D(1), "piece")
    below = assess(OrderValue((line,)), {"9101110000": watch}, today)
    at = assess(OrderValue((replace(line, price=D(10000)),)), {"9101110000": watch}, today)
    assert below.consumption_tax == D("0.00")
    assert at.consumption_tax == D("2700.00")

"""Contents read from statutory quantities and from what a specification says."""

from __future__ import annotations

from decimal import Decimal as D

import pytest

from customs.import_tax.measures import (
    Content,
    content_for,
    convert,
    for_threshold,
    statutory_contents,
    written_contents,
)
from customs.import_tax.rates import rate_of
from reference.tariff_file import TARIFF, read_tariff


def test_contents_of_one_unit_from_statutory_quantities() -> None:
    assert statutory_contents(D(6), ("095", D("4.5")), ("035", D("4.02"))) == [
        Content(D("0.75"), "l"),
        Content(D("0.67"), "kg"),
    ]
    assert statutory_contents(D(2), ("035", D("0.1")), ("011", D(2))) == [Content(D("0.05"), "kg")]
    assert statutory_contents(D(2), ("011", D(2))) == []
    assert statutory_contents(D(0), ("035", D(1))) == []


def test_the_content_that_a_rate_asks_for(story_rates) -> None:
    kilograms, litres, sheets = Content(D("0.14"), "kg"), Content(D("0.7"), "l"), Content(D(5), "sheet")
    every = [kilograms, sheets, litres]
    assert content_for(story_rates["3304990049"], every) == sheets
    assert content_for(story_rates["3304990029"], every) == kilograms
    assert content_for(story_rates["2208300000"], every) == litres
    assert content_for(story_rates["1901101090"], every) == kilograms
    assert content_for(story_rates["3304990049"], [kilograms]) is None
    assert content_for(story_rates["2208300000"], [kilograms, sheets]) is None


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("5片/盒", [("5", "sheet")]),
        ("面霜|某牌|50 g", [("50", "g")]),
        ("30ml×1", [("30", "ml")]),
        ("750毫升，13.5%vol", [("750", "ml")]),
        ("0.75L", [("0.75", "l")]),
        ("5片/盒，每片28g", [("5", "sheet"), ("28", "g")]),
        ("120 gauge", []),
        ("0 g", []),
        ("型号A5g2", []),
        ("", []),
    ],
)
def test_contents_written_in_a_specification(written: str, found: list[tuple[str, str]]) -> None:
    assert [(str(content.amount), content.unit) for content in written_contents(written)] == found


def test_litres_are_not_guessed_from_kilograms() -> None:
    assert convert(D(1), "kg", "l") is None
    assert convert(D("0.7"), "l", "ml") == D(700)
    assert for_threshold(Content(D("0.05"), "kg"), "ml_or_g") == Content(D(50), "g")
    assert for_threshold(Content(D(5), "sheet"), "ml_or_g") is None


def test_a_tax_per_kilolitre_is_counted_per_litre() -> None:
    rows, _ = read_tariff(TARIFF, {"035", "095", "007", "011"})
    whisky = next(row for row in rows if row.ct_specific)
    assert (rate_of(whisky).ct_specific, rate_of(whisky).ct_specific_unit) == (D("0.912"), "l")
    object.__setattr__(whisky, "ct_specific", D(912))
    object.__setattr__(whisky, "ct_specific_unit", "063")
    assert (rate_of(whisky).ct_specific, rate_of(whisky).ct_specific_unit) == (D("0.912"), "l")

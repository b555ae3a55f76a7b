"""Dated exchange rates and the parameters of desks."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from reference.parameters import ParameterMissing
from reference.selectors import RateMissing, exchange_rate, setting
from reference.services import load_reference

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _loaded() -> None:
    load_reference()


@pytest.mark.parametrize(
    ("on", "kind", "value"),
    [
        (date(2026, 10, 31), "month", "7.0500"),
        (date(2026, 10, 19), "spot", "7.0500"),
        (date(2026, 10, 20), "spot", "7.0400"),
        (date(2026, 11, 3), "spot", "7.0400"),
        (date(2026, 11, 4), "spot", "7.0300"),
    ],
)
def test_the_rate_of_a_day(on: date, kind: str, value: str) -> None:
    rate = exchange_rate("USD", on, kind)
    assert rate.value == Decimal(value)
    assert rate.standing == "unverified", "demo rates are nobody's published rates"


def test_our_own_currency_needs_no_rate() -> None:
    assert exchange_rate("CNY", date(2020, 1, 1), "spot").value == 1


@pytest.mark.parametrize(("currency", "on"), [("USD", date(2025, 12, 31)), ("ZZZ", date(2026, 11, 1))])
def test_a_rate_that_nobody_gave(currency: str, on: date) -> None:
    with pytest.raises(RateMissing):
        exchange_rate(currency, on, "month")


def test_one_parameter_by_its_key() -> None:
    assert setting("single_limit", date(2018, 12, 31)).value == Decimal(2000)
    assert setting("single_limit", date(2019, 1, 1)).value == Decimal(5000)
    with pytest.raises(ParameterMissing):
        setting("single_limit", date(2010, 1, 1))

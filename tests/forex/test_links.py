"""With the export desk asked for real: what it does not know is in no answer."""

from __future__ import annotations

from datetime import date

from accounts.models import Company
from forex import orders
from forex.indicator_rows import report
from forex.links import _months


def test_unknown_orders_and_no_exports(firm: Company) -> None:
    assert orders.known(["EO-1"], firm) == {}
    assert orders.exports(firm, date(2026, 10, 1), date(2026, 11, 30)) == []
    assert report(firm, date(2026, 10, 1), date(2026, 11, 30)).plain.difference_ratio is None


def test_months_of_a_period_over_the_turn_of_the_year() -> None:
    assert [f"{day:%Y-%m}" for day in _months(date(2026, 11, 30), date(2027, 1, 1))] == [
        "2026-11",
        "2026-12",
        "2027-01",
    ]

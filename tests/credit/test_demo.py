"""The story's records, and that loading them again changes nothing."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from accounts.models import Company
from credit import demo, selectors
from credit.models import CustomsLevel, Fact, FactEvent
from tests.accounts.factories import a_company, an_agency
from tests.credit.situations import with_levels

pytestmark = pytest.mark.django_db


def as_then(firm: Company, day: date) -> selectors.Row:
    """F's record on a day, from what was known that day."""
    return selectors.rows_of(firm, day, datetime(day.year, day.month, day.day, 12, tzinfo=demo.TIANJIN))[0]


def test_the_story() -> None:
    with_levels()
    an_agency()
    firms = {key: a_company(f"{key}示例") for key in ("F", "G")}
    for _ in range(2):
        demo.load(firms)
    assert (Fact.objects.count(), FactEvent.objects.count(), CustomsLevel.objects.count()) == (1, 2, 1)
    day = date(2026, 11, 23)
    one = selectors.rows_of(firms["F"], day)[0]
    assert one.window is not None
    assert (one.state, one.window.repair_from, one.window.ends_on) == (
        "repaired", date(2026, 8, 8), date(2027, 5, 8),
    )  # fmt: skip
    assert one.public_until == date(2026, 11, 20)  # the repair ended it, not the period
    # As it was known before the repair was granted: to its period's end.
    before = as_then(firms["F"], date(2026, 11, 10))
    assert (before.state, before.known.asks_repair, before.public_until) == ("public", True, date(2027, 5, 8))
    assert [as_then(firms["F"], date(2026, 8, day)).repair_open for day in (7, 8)] == [False, True]
    assert len(selectors.public_rows(firms["F"], date(2026, 11, 19))) == 1
    assert selectors.public_rows(firms["F"], date(2026, 11, 20)) == []
    found = selectors.standings([firm.pk for firm in firms.values()], day)
    assert [found[firms[key].pk].score for key in "FG"] == [
        Decimal("94.4"),
        Decimal("100.0"),
    ]
    assert found[firms["G"].pk].customs_level == "certified"

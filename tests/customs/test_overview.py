"""The figures of the overview equal a recount of the tables."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone

from customs import overview
from customs.demo import story_set
from customs.models import Inventory
from submissions.figures import Period
from tests.customs.factories import World, world

pytestmark = pytest.mark.django_db
BEIJING = ZoneInfo("Asia/Shanghai")
NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))
WIDE = Period(date(2026, 1, 1), date(2027, 12, 31))
RECOUNT = """
SELECT count(*), coalesce(sum(dutiable_value), 0), coalesce(sum(tax_total), 0) FROM customs_inventory
WHERE state <> 'superseded' AND %s = ANY(ARRAY[agent_code, ebc_code, ebp_code])
  AND (released_at AT TIME ZONE 'Asia/Shanghai')::date BETWEEN %s AND %s
"""


@pytest.fixture
def here() -> World:
    """Five lists: two released in November, one in its first and one in its last second, one after it, one not."""
    story = world()
    for key in ("O01", "O02", "O03", "O04", "O05"):
        story.load_all(story_set(key))
    first, last = datetime(2026, 11, 1, tzinfo=BEIJING), datetime(2026, 11, 30, 23, 59, 59, tzinfo=BEIJING)
    moments = {"O01": first, "O02": last, "O03": last + timedelta(seconds=1)}
    for key, moment in moments.items():
        _of(key).update(state="released", released_at=moment)
    _of("O05").update(state="superseded", released_at=first)
    return story


def _of(key: str):
    rows = Inventory.objects.filter(order_no__endswith=key)
    assert rows.count() == 1
    return rows


@pytest.mark.parametrize("firm", ["G", "B", "A", "F"])
@pytest.mark.parametrize("period", [NOVEMBER, WIDE], ids=["november", "wide"])
def test_totals_equal_a_recount(here: World, firm: str, period: Period) -> None:
    company = here.companies[firm]
    total = [0, Decimal(0), Decimal(0)]
    for code in company.codes:
        with connection.cursor() as cursor:
            cursor.execute(RECOUNT, [code, period.since, period.until])
            total = [a + b for a, b in zip(total, cursor.fetchone(), strict=True)]
    asked = [overview.released_count, overview.value, overview.tax]
    assert [count(company, period) for count in asked] == total


def test_november_is_the_two_lists_of_november(here: World) -> None:
    company = here.companies["G"]
    two = Inventory.objects.filter(order_no__regex="O0[12]$")
    assert overview.released_count(company, NOVEMBER) == 2
    assert overview.tax(company, NOVEMBER) == sum(one.tax_total for one in two) > 0


@pytest.mark.parametrize("figure", [f for f in overview.figures() if f.table], ids=lambda f: f.code)
def test_a_table_adds_up_to_its_figure(here: World, figure) -> None:
    company = here.companies["G"]
    for period in (NOVEMBER, WIDE):
        table = figure.table(company, period)
        assert len(table.rows) == len(period.months())
        assert sum(number for _label, numbers in table.rows for number in numbers) == figure.value(
            company, period
        )


@pytest.mark.parametrize("firm", ["C", "D"])
def test_payment_and_logistics_firm_are_told_no_value(here: World, firm: str) -> None:
    assert overview.released_count(here.companies[firm], WIDE) == 0
    assert overview.value(here.companies[firm], WIDE) == 0


def test_the_guarantor_is_told_when_its_tax_is_drawn(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda *args: date(2026, 12, 10))
    guarantor, declarant = here.companies["B"], here.companies["G"]
    # Released on 1 November, on 30 November, on 1 December; drawn from day 31 to day 45 (R1.14).
    said = list(overview.drawn(guarantor, date(2027, 1, 15)))
    assert [item.day for item in said] == [date(2026, 12, 16), date(2027, 1, 14), date(2027, 1, 15)]
    assert f"{_of('O01').get().tax_total:,}" in str(said[0].text)
    assert "2026-12-02" in str(said[0].text)
    assert [item.day for item in overview.drawn(guarantor, date(2026, 12, 16))] == [date(2026, 12, 16)]
    assert list(overview.drawn(declarant, date(2027, 1, 15))) == []  # it guarantees nothing
    monkeypatch.setattr(timezone, "localdate", lambda *args: date(2026, 12, 17))
    assert [item.day for item in overview.drawn(guarantor, date(2027, 1, 15))] == [
        date(2027, 1, 14),
        date(2027, 1, 15),
    ]

"""The export figures of the overview equal a recount of the tables; duties fall on who has to act."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone, translation

from customs.export import overview
from customs.models import ExportList
from reference.calendar import add_working_days
from reference.models import ExchangeRate
from reference.selectors import forget
from submissions.figures import Period
from tests.customs.export import month, parcels
from tests.customs.factories import World, world

pytestmark = pytest.mark.django_db
OCTOBER = Period(date(2026, 10, 1), date(2026, 10, 31))
NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))
YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
RECOUNT = """
SELECT count(DISTINCT l.id), coalesce(sum(round(n.total_price * 7.05, 2)), 0)
FROM customs_exportlist l JOIN customs_exportlistline n ON n.export_list_id = l.id
WHERE l.state <> 'superseded' AND %s = ANY(ARRAY[l.agent_code, l.ebc_code, l.ebp_code, l.owner_code])
  AND (l.closed_at AT TIME ZONE 'Asia/Shanghai')::date BETWEEN %s AND %s
"""


@pytest.fixture
def october(db: None, tmp_path: Path) -> World:
    here = world()
    month.october(here, tmp_path)
    return here


@pytest.mark.parametrize("period", [OCTOBER, NOVEMBER, YEAR], ids=["october", "november", "year"])
def test_closed_lists_and_their_value_equal_a_recount(october: World, period: Period) -> None:
    for firm in ("F", "G", "B", "D"):
        company = october.companies[firm]
        total = [0, Decimal(0)]
        for code in company.codes:
            with connection.cursor() as cursor:
                cursor.execute(RECOUNT, [code, period.since, period.until])
                total = [a + b for a, b in zip(total, cursor.fetchone(), strict=True)]
        assert [overview.closed_count(company, period), overview.value(company, period)] == total, firm


def test_the_storys_sums(october: World) -> None:
    firm = october.companies["F"]
    assert [overview.closed_count(firm, p) for p in (OCTOBER, NOVEMBER)] == [19, 1]
    assert overview.value(firm, YEAR) == Decimal("5838.48")
    assert overview.closed_table(firm, OCTOBER).rows == [("2026-10", (18, 1))]
    assert overview.received_count(firm, YEAR) == 20
    assert overview.value(october.companies["D"], YEAR) == 0


@pytest.mark.parametrize("figure", [f for f in overview.figures() if f.table], ids=lambda f: f.code)
def test_a_table_adds_up_to_its_figure(october: World, figure) -> None:  # type: ignore[no-untyped-def]
    for period in (OCTOBER, YEAR):
        table = figure.table(october.companies["G"], period)
        assert len(table.rows) == len(period.months())
        numbers = [number for _label, row in table.rows for number in row]
        assert sum(numbers) == figure.value(october.companies["G"], period)


def test_without_a_rate_the_value_cannot_be_said(october: World) -> None:
    ExchangeRate.objects.filter(kind="month").delete()
    forget()
    assert overview.value(october.companies["F"], OCTOBER) is None
    assert overview.value_table(october.companies["F"], OCTOBER).rows == [("2026-10", (None,))]


def test_the_next_notice_is_due_from_who_sends_it(db: None) -> None:
    here, today = world(), timezone.localdate()
    one = parcels.declared(here, "CEB303", "CEB505", "CEB603")
    ExportList.objects.filter(pk=one.pk).update(state="stored")
    due, until = add_working_days(today, 3), today + timedelta(days=30)
    for key in ("D", "G", "F"):
        items = list(overview.notices_due(here.companies[key], until))
        assert [(item.day, item.state) for item in items] == ([(due, "due")] if key == "D" else []), key
        assert all(one.logistics_no in item.text for item in items)
    parcels.handed_in(here, {"CEB507": parcels.messages()["CEB507"]})
    assert not list(overview.notices_due(here.companies["D"], until))
    assert len(list(overview.notices_due(here.companies["G"], until))) == 1  # the manifest


def test_a_notice_that_is_long_in_coming_is_late(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    here, today = world(), timezone.localdate()
    one = parcels.declared(here, "CEB303", "CEB505", "CEB603")
    ExportList.objects.filter(pk=one.pk).update(state="stored")
    monkeypatch.setattr(overview, "_today", lambda: today + timedelta(days=20))
    (item,) = overview.notices_due(here.companies["D"], today + timedelta(days=50))
    assert item.state == "late"


def test_lists_under_summary_declaration_are_due_by_the_fifteenth(
    october: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overview, "_today", lambda: date(2026, 11, 2))
    with translation.override("en"):
        (item,) = overview.summary_due(october.companies["G"], date(2026, 12, 2))
    assert (item.day, item.state) == (date(2026, 11, 16), "due")  # the 15th is a Sunday
    assert item.text == "1 list of 2026-10 to be merged into a customs declaration"
    assert not list(overview.summary_due(october.companies["B"], date(2026, 12, 2)))
    monkeypatch.setattr(overview, "_today", lambda: date(2026, 11, 17))
    assert not list(overview.summary_due(october.companies["G"], date(2026, 12, 10)))

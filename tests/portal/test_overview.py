"""One overview of a company: figures, duties, CSV; each reader their own company."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import Company
from accounts.permissions import Permission
from customs.demo import story_set
from customs.models import Inventory
from submissions import figures
from submissions.figures import Duty, DutyItem, Figure, Period, Table
from submissions.forms import PeriodForm
from tests.customs.factories import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    kept = dict(figures._figures), dict(figures._duties)
    yield
    figures._figures, figures._duties = kept


@pytest.fixture
def released(here: World) -> Inventory:
    here.load_all(story_set("O01"))
    Inventory.objects.update(state="released", released_at=timezone.now())
    return Inventory.objects.get()


def test_the_page_shows_what_was_released(log_in, released: Inventory) -> None:
    html = log_in("G").get("/overview/").content.decode()
    assert f"CNY {released.tax_total:,}" in html
    assert f"CNY {released.dutiable_value:,}" in html
    assert f"CNY {released.tax_total:,}" not in log_in("F").get("/overview/").content.decode()


def test_the_csv_has_the_numbers_of_the_table(log_in, released: Inventory) -> None:
    answer = log_in("G").get("/overview/csv/?figure=import-tax")
    assert answer.headers["Content-Type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == ["Month", "Tariff (CNY)", "Consumption tax (CNY)", "VAT (CNY)"]
    assert sum(Decimal(cell) for row in rows[1:] for cell in row[1:]) == released.tax_total
    assert log_in("G").get("/overview/csv/?figure=nothing").status_code == 404


def test_all_tables_in_one_file_are_those_the_reader_may_see(log_in, released: Inventory) -> None:
    figures.register_figure(
        Figure(
            "secret",
            figures.TAXES,
            "Not for viewers",
            lambda c, p: 1,
            table=_one,
            permission=Permission.CEB_SEND,
        )
    )
    everything = log_in("G").get("/overview/csv/").content.decode()
    assert "Import tax on released lists" in everything
    assert "Not for viewers" in everything
    viewer = log_in("G", "viewer")
    assert "Not for viewers" not in viewer.get("/overview/csv/").content.decode()
    assert "Not for viewers" not in viewer.get("/overview/").content.decode()
    assert viewer.get("/overview/csv/?figure=secret").status_code == 404


def _one(company: Company, period: Period) -> Table:
    return Table(("a", "b"), [("x", (1,))])


def test_duties_of_thirty_days_and_what_is_late_stand_in_order(log_in) -> None:
    today = timezone.localdate()
    days = {"late one": -3, "soon": 5, "last": 30, "too far": 31}
    items = [
        DutyItem(today + timedelta(days=n), text, state="late" if n < 0 else "due")
        for text, n in days.items()
    ]
    items.append(DutyItem(today, "already done", state="done"))
    figures.register_duty(Duty("one", "Sort", lambda company, until: reversed(items)))
    html = log_in("G").get("/overview/").content.decode()
    places = [html.index(text) for text in ("late one", "soon", "last")]
    assert places == sorted(places)
    assert "too far" not in html
    assert "already done" not in html


def test_a_number_that_cannot_be_said_is_no_zero(log_in) -> None:
    figures.register_figure(Figure("x", figures.RECORD, "Score", lambda company, period: None))
    assert "cannot be said" in log_in("G").get("/overview/").content.decode()


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, Period(date(2026, 1, 1), date(2026, 11, 25))),
        ({"until": "2025-03-31"}, Period(date(2025, 1, 1), date(2025, 3, 31))),
        ({"since": "2026-10-01", "until": "2026-10-31"}, Period(date(2026, 10, 1), date(2026, 10, 31))),
        ({"since": "2026-12-01"}, Period(date(2026, 1, 1), date(2026, 11, 25))),
        ({"since": "2026-12-01", "until": "2026-10-31"}, Period(date(2026, 1, 1), date(2026, 11, 25))),
        ({"since": "0001-01-01"}, Period(date(2026, 1, 1), date(2026, 11, 25))),
        ({"since": "nonsense"}, Period(date(2026, 1, 1), date(2026, 11, 25))),
    ],
)
def test_the_period_asked_for(asked: dict[str, str], expected: Period) -> None:
    assert PeriodForm(asked).period(date(2026, 11, 25)) == expected


def test_an_impossible_period_is_told(log_in) -> None:
    html = log_in("G").get("/overview/?since=2026-12-01&until=2026-10-31").content.decode()
    assert "The last day is before the first one." in html

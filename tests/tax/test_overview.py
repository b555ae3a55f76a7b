"""Figures, duties and workbench numbers equal a recount of the tables; another company's rows never count."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import Company
from accounts.principals import Principal
from submissions.figures import Period
from tax import overview, sources, workbench
from tax.services import apply_comparison, approve, complete_record, declare, prepare, reverse_returned
from tax.services.compare import Compared, Comparison
from tests.accounts import factories as people
from tests.tax.story import NOVEMBER, OCTOBER, Closed, Story, key, october
from tests.tax.test_story import EQUAL, TAX, F
from trail.actors import SYSTEM, Actor

pytestmark = pytest.mark.django_db
TODAY = date(2026, 12, 3)
PERIODS = [Period(OCTOBER, date(2026, 10, 31)), Period(date(2026, 1, 1), date(2026, 12, 31))]
IN_FORCE = """
SELECT coalesce(sum(CASE WHEN l.decision = 'exclude' THEN 0
                         WHEN l.decision = 'customs' AND l.customs_amount IS NOT NULL
                         THEN round(l.customs_amount * l.rate, 2) ELSE l.cny END), 0)
FROM tax_declaredline l JOIN tax_exemptiondeclaration d ON d.id = l.declaration_id
WHERE d.company_id = %s AND d.state IN ('compared_equal', 'settled', 'closed') AND d.month BETWEEN %s AND %s
"""
UNDER_WAY = """
SELECT coalesce(sum(cny), 0) FROM tax_exemptiondeclaration
WHERE company_id = %s AND state IN ('declared', 'differences') AND month BETWEEN %s AND %s
"""


class Two(Story):
    """F has the story's lines; B has its own: some of them, under other list numbers and at twice the price."""

    def __init__(self, other: Company) -> None:
        super().__init__()
        self.other = other
        self.others = [_twice(one) for one in october()[:6]]

    def closed_lines(self, company: Company, month: date) -> list[Closed]:
        kept, self.lines = self.lines, self.others if company == self.other else self.lines
        try:
            return list(super().closed_lines(company, month))
        finally:
            self.lines = kept


def _twice(one: Closed) -> Closed:
    assert one.unit_price is not None
    assert one.amount is not None
    return replace(
        one, list_no=one.list_no.replace("E0", "E9"), unit_price=2 * one.unit_price, amount=2 * one.amount
    )


@pytest.fixture
def firms(exporter: Company, monkeypatch: pytest.MonkeyPatch):
    """F: October settled with differences and a line excluded, November's return declared. B: October declared."""
    told = timezone.localdate
    monkeypatch.setattr(timezone, "localdate", lambda *args: told(*args) if args else TODAY)
    other = people.a_company("B")
    told_by = Two(other)
    with sources.connected(told_by):
        _settled(declare(company=exporter, month=OCTOBER, by=F, today=TODAY))
        told_by.give_back(13, date(2026, 11, 20))
        reverse_returned([(key(13), date(2026, 11, 20))], by=SYSTEM)
        declare(company=exporter, month=NOVEMBER, by=F, today=TODAY)
        declare(company=other, month=OCTOBER, by=F, today=TODAY)
        yield exporter, other


def _settled(row) -> None:
    apply_comparison(
        row,
        Comparison("T", [Compared(key(1), Decimal("30.00")), Compared(key(2), None)], {"zh": "x"}),
        by=TAX,
    )
    office = people.an_agency("tax")
    olga, pavel = people.an_official(office), people.an_official(office, "supervisor", "pavel")
    choices = {f"{key(1)[0]}/1": "customs", f"{key(2)[0]}/1": "exclude"}
    row.refresh_from_db()
    made = prepare(declaration=row, choices=choices, reason="r", user=olga, by=F)
    approve(settlement=made, user=pavel, by=F)


def recount(sql: str, company: Company, period: Period) -> Decimal:
    with connection.cursor() as cursor:
        cursor.execute(sql, [company.pk, period.since, period.until])
        return cursor.fetchone()[0]


@pytest.mark.parametrize("period", PERIODS, ids=["october", "year"])
def test_totals_equal_a_recount(firms: tuple[Company, Company], period: Period) -> None:
    for company in firms:
        assert overview.exempted(company, period) == recount(IN_FORCE, company, period)
        assert overview.under_way(company, period) == recount(UNDER_WAY, company, period)


def test_each_company_has_its_own(firms: tuple[Company, Company]) -> None:
    f, b = firms
    october, year = PERIODS
    assert overview.exempted(f, october) != 0
    assert overview.exempted(b, year) == 0
    assert overview.under_way(b, october) != overview.under_way(f, october) == 0
    assert overview.deemed_income(b, year) == 0
    assert overview.deemed_income(f, october) == (overview.exempted(f, october) * Decimal("0.04")).quantize(
        Decimal("0.01")
    )
    assert overview.deemed_income(f, Period(date(2019, 1, 1), date(2019, 12, 31))) is None


@pytest.mark.parametrize("period", PERIODS, ids=["october", "year"])
def test_what_is_excluded_is_every_line_less_the_exempt(
    firms: tuple[Company, Company], period: Period
) -> None:
    f, b = firms
    lines = {f: october(), b: [_twice(one) for one in october()[:6]]}
    for company, rows in lines.items():
        # Two officials took number 2 out.
        out = {2, 10, 14, 15, 17, 19, 20} if company == f else set()
        # Number 19 was closed in November: exported and excluded in October, exempt in November.
        wanted = [
            (one.amount * Decimal("7.05")).quantize(Decimal("0.01"), "ROUND_HALF_UP")
            for one in rows
            if int(one.list_no[-2:]) in out and one.amount is not None
        ]
        assert overview.excluded(company, period) == sum(wanted)


@pytest.mark.parametrize("figure", [f for f in overview.figures() if f.table], ids=lambda f: f.code)
@pytest.mark.parametrize("period", PERIODS, ids=["october", "year"])
def test_a_table_adds_up_to_its_figure(firms: tuple[Company, Company], figure, period: Period) -> None:
    for company in firms:
        table = figure.table(company, period)
        assert [label for label, _n in table.rows] == [f"{month:%Y-%m}" for month in period.months()]
        assert sum(n for _label, numbers in table.rows for n in numbers) == figure.value(company, period)


def _said(duty: int, company: Company, until: date) -> list[tuple[date, str]]:
    return [(one.day, one.state) for one in overview.duties()[duty].due(company, until)]


def test_a_month_is_declared_by_its_filing_day(exporter: Company, story: Story, monkeypatch) -> None:
    day = [date(2026, 11, 12)]
    monkeypatch.setattr(timezone, "localdate", lambda *args: day[0])
    monday = date(2026, 11, 16)
    assert _said(0, exporter, date(2026, 12, 12)) == [(monday, "due")]  # November's own day is the 15th
    assert _said(0, exporter, date(2026, 11, 15)) == []
    day[0] = date(2026, 11, 17)
    assert _said(0, exporter, date(2026, 12, 17)) == [(date(2026, 12, 15), "due"), (monday, "late")]
    declare(company=exporter, month=OCTOBER, by=F)
    assert _said(0, exporter, date(2026, 12, 17)) == [(date(2026, 12, 15), "due")]
    story.since = None  # not registered: nothing of it would be exempt
    assert _said(0, exporter, date(2026, 12, 17)) == []


def test_a_changed_month_can_be_corrected_until_its_filing_day(
    exporter: Company, story: Story, monkeypatch
) -> None:
    day = [date(2026, 11, 12)]
    monkeypatch.setattr(timezone, "localdate", lambda *args: day[0])
    apply_comparison(declare(company=exporter, month=OCTOBER, by=F), EQUAL, by=TAX)
    until = date(2026, 12, 12)
    assert _said(1, exporter, until) == []
    complete_record(company=exporter, month=OCTOBER, key=key(20), fields={"unit": "015"}, reason="r", by=F)
    assert _said(1, exporter, until) == [(date(2026, 11, 16), "due")]
    assert _said(0, exporter, date(2026, 12, 10)) == []
    day[0] = date(2026, 11, 17)
    assert _said(1, exporter, until) == []


def _principal(company: Company) -> Principal:
    return Principal(
        actor=Actor("person", "1", "x"), permissions=frozenset(), companies=(company,), company=company
    )


def _counted(company: Company) -> dict[str, int]:
    """Each number of the workbench, held against the rows of the page that it links to."""
    client, principal, found = Client(), _principal(company), {}
    client.force_login(
        people.a_member(company), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    for counter in workbench.counters():
        found[counter.code.removeprefix("exemption-")] = counter.count(principal)
        assert len(client.get(counter.url(principal)).context["rows"]) == counter.count(principal)
    return {tab: count for tab, count in found.items() if count}


def test_a_workbench_number_is_the_rows_of_its_page(exporter: Company, story: Story, monkeypatch) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda *args: date(2026, 11, 12))
    story.filed.pop("EX06")  # so that November has nothing yet
    assert _counted(exporter) == {"declare": 1}
    row = declare(company=exporter, month=OCTOBER, by=F)
    assert _counted(exporter) == {"compare": 1}
    apply_comparison(row, Comparison("T", [Compared(key(1), None)], {"zh": "x"}), by=TAX)
    assert _counted(exporter) == {"compare": 1}
    monkeypatch.setattr(timezone, "localdate", lambda *args: date(2028, 11, 12))
    assert _counted(exporter) == {"compare": 1}  # however old
    assert _counted(people.a_company("nobody")) == {}


def test_a_changed_month_is_counted(exporter: Company, story: Story, monkeypatch) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda *args: date(2026, 11, 12))
    apply_comparison(declare(company=exporter, month=OCTOBER, by=F), EQUAL, by=TAX)
    assert _counted(exporter) == {"declare": 1}  # November has a line by now
    complete_record(company=exporter, month=OCTOBER, key=key(20), fields={"unit": "015"}, reason="r", by=F)
    assert _counted(exporter) == {"declare": 1, "correct": 1}


def test_two_companies_do_not_count_each_others(firms: tuple[Company, Company]) -> None:
    assert [_counted(company) for company in firms] == [{"compare": 1}, {"compare": 1}]

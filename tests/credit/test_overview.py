"""Figures, duties and the workbench's number equal a recount; another company's records never count."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import Company
from accounts.principals import Principal
from credit import overview, workbench
from credit.models import CustomsLevel, FactEvent
from credit.selectors import score_of
from submissions.figures import Period
from tests.accounts import factories as people
from tests.credit.situations import a_fact, with_levels
from trail.actors import Actor

pytestmark = pytest.mark.django_db
MAY = Period(date(2026, 5, 1), date(2026, 5, 31))
YEAR = Period(date(2026, 1, 1), date(2026, 11, 25))
TODAY = date(2026, 11, 25)
FACTS = """
SELECT count(*) FROM credit_fact f WHERE company_id = %s AND ruled_on BETWEEN %s AND %s
AND NOT EXISTS (SELECT 1 FROM credit_factevent e WHERE e.fact_id = f.id AND e.verb = 'withdraw')
"""
# General and serious ones in their months of publication (R6.04); a minor one is not published.
PUBLIC = """
SELECT count(*) FROM credit_fact f WHERE company_id = %s AND ruled_on <= %s AND severity <> 'minor'
AND %s < ruled_on + CASE severity WHEN 'serious' THEN interval '36 months' ELSE interval '12 months' END
AND NOT EXISTS (SELECT 1 FROM credit_factevent e WHERE e.fact_id = f.id AND e.verb IN ('withdraw', 'repair'))
"""


@pytest.fixture
def firms(db: None, monkeypatch) -> tuple[Company, Company]:
    """F: two general records in May, one withdrawn, a minor and a serious one. B: one general one, still too young."""
    monkeypatch.setattr(timezone, "localdate", lambda *args: TODAY)
    f, b = people.a_company("F"), people.a_company("B")
    a_fact(f)
    gone = a_fact(f, ruled_on=date(2026, 5, 31))
    FactEvent.objects.create(fact=gone, verb="withdraw", on=TODAY, known_at=timezone.now(), actor_label="x")
    a_fact(f, ruled_on=date(2026, 7, 1), severity="minor")
    a_fact(f, ruled_on=date(2026, 4, 30), severity="serious")
    a_fact(b, ruled_on=date(2026, 9, 10))
    for company, name in ((f, "regular"), (b, "dishonest")):
        CustomsLevel.objects.create(
            company=company, level=name, rule="282", valid_from=date(2026, 6, 1), document_no="1",
            known_at=timezone.now(), recorded_by="x",
        )  # fmt: skip
    return f, b


def recount(sql: str, *given: object) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return cursor.fetchone()[0]


@pytest.mark.parametrize("period", [MAY, YEAR], ids=["may", "year"])
def test_totals_equal_a_recount(firms: tuple[Company, Company], period: Period) -> None:
    for company in firms:
        counted = recount(FACTS, company.pk, period.since, period.until)
        assert overview.facts_count(company, period) == counted
        table = overview.facts_table(company, period)
        assert sum(n for _label, numbers in table.rows for n in numbers) == counted
        public = recount(PUBLIC, company.pk, period.until, period.until)
        assert overview.public_count(company, period) == public
    assert [overview.facts_count(one, MAY) for one in firms] == [1, 0]


def test_level_and_score_are_those_of_the_last_day(firms: tuple[Company, Company]) -> None:
    with_levels()
    assert overview.level(firms[0], MAY) is None  # given in June
    assert overview.level(firms[0], YEAR) != overview.level(firms[1], YEAR)
    for company in firms:
        assert overview.score_value(company, YEAR) == score_of(company, YEAR.until).value
        scores = [numbers[0] for _label, numbers in overview.score_table(company, YEAR).rows]
        assert len(scores) == 11
        assert scores[-1] == overview.score_value(company, YEAR)
    assert overview.score_value(firms[0], Period(date(1999, 1, 1), date(1999, 1, 31))) is None
    first = overview.score_table(firms[1], YEAR).rows
    assert first[7][1][0] != first[8][1][0]  # September's ruling is in September's score
    assert isinstance(first[8][1][0], Decimal)


def test_repair_is_told_from_its_day(firms: tuple[Company, Company]) -> None:
    said = {one.url: one for company in firms for one in overview.repairs(company, date(2026, 12, 25))}
    assert len(said) == 1
    mine = [one.day for one in overview.repairs(firms[0], date(2026, 12, 25))]
    assert mine == [TODAY]  # of May: three months are over; the serious one takes a year
    assert [one.day for one in overview.repairs(firms[1], date(2026, 12, 25))] == [date(2026, 12, 10)]
    assert list(overview.repairs(firms[1], date(2026, 12, 9))) == []


def test_the_workbenchs_number_is_the_rows_of_its_page(firms: tuple[Company, Company]) -> None:
    [counter] = workbench.counters()
    counts = []
    for company in firms:
        client = Client()
        client.force_login(
            people.a_member(company), backend="allauth.account.auth_backends.AuthenticationBackend"
        )
        principal = Principal(
            actor=Actor("person", "1", "x"), permissions=frozenset(), companies=(company,), company=company
        )
        counts.append(counter.count(principal))
        assert len(client.get(counter.url(principal)).context["rows"]) == counts[-1]
    assert counts == [1, 0]

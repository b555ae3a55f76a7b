"""Counts alone, equal to a recount; another company's never count, and nobody is named."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from accounts.models import Company
from identity import overview
from identity.models import Batch, MisuseReport, UseAnswer
from reference.keys import uuid7
from submissions.figures import Period
from tests.accounts import factories as people

pytestmark = pytest.mark.django_db
OCTOBER = Period(date(2026, 10, 1), date(2026, 10, 31))
YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
FIRST = datetime(2026, 9, 30, 16, tzinfo=UTC)
PAIRS = """SELECT coalesce(sum(count), 0) FROM identity_batch WHERE company_id = %s
           AND (created_at AT TIME ZONE 'Asia/Shanghai')::date BETWEEN %s AND %s"""
NOT_MINE = """SELECT count(*) FROM identity_useanswer WHERE firm_id = %s AND answer = 'not_mine'
              AND (at AT TIME ZONE 'Asia/Shanghai')::date BETWEEN %s AND %s"""


@pytest.fixture
def firms() -> tuple[Company, Company]:
    f, b = people.a_company("F"), people.a_company("B")
    for company, size in ((f, 7), (b, 1000)):
        for at in (FIRST - timedelta(seconds=1), FIRST, FIRST + timedelta(days=31, seconds=-1)):
            row = Batch.objects.create(company=company, reason="x", count=size)
            Batch.objects.filter(pk=row.pk).update(created_at=at)
            _answer(company, "mine", at)
            _answer(company, "not_mine", at)
    return f, b


def _answer(firm: Company, answer: str, at: datetime) -> None:
    key = uuid7()
    report = None
    if answer == "not_mine":
        report = MisuseReport.objects.create(
            reference=str(key)[-20:],
            number_hash=b"1",
            name_masked="*",
            number_masked="*",
            sealed=b"1",
            due_on=at.date(),
        )
    UseAnswer.objects.create(
        use_id=key, number_hash=b"1", answer=answer, at=at, label="x", firm=firm, report=report
    )


@pytest.mark.parametrize("period", [OCTOBER, YEAR], ids=["october", "year"])
def test_counts_equal_a_recount(firms: tuple[Company, Company], period: Period) -> None:
    for company in firms:
        for sql, figure in ((PAIRS, overview.pairs), (NOT_MINE, overview.not_mine)):
            with connection.cursor() as cursor:
                cursor.execute(sql, [company.pk, period.since, period.until])
                assert figure(company, period) == cursor.fetchone()[0]
    assert [overview.pairs(one, OCTOBER) for one in firms] == [14, 2000]
    assert [overview.not_mine(one, OCTOBER) for one in firms] == [2, 2]

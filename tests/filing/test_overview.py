"""Figures, duties and workbench numbers equal a recount of the tables; another company's rows never count."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import Company
from accounts.permissions import Permission
from accounts.principals import Principal
from filing import overview, workbench
from filing.models import EnterpriseRecord, GoodsBatch, GoodsFiling
from submissions.figures import Period
from submissions.models import InformationRequest, Referral, Submission
from submissions.services import receive
from tests.accounts import factories as people
from trail.actors import Actor

pytestmark = pytest.mark.django_db
OCTOBER = Period(date(2026, 10, 1), date(2026, 10, 31))
YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
FIRST = datetime(2026, 9, 30, 16, tzinfo=UTC)  # the first moment of October in Beijing
CLERK = Actor("person", "1", "x")
_serial = count(1)
LOCAL = "(({}) AT TIME ZONE 'Asia/Shanghai')::date BETWEEN %s AND %s"
GOODS = f"""
SELECT count(*) FROM filing_goodsfiling WHERE company_id = %s AND version = 1 AND {LOCAL.format("created_at")}
"""
ROWS = f"""
SELECT coalesce(sum(filed_count + amended_count + unchanged_count + faulty_count), 0)
FROM filing_goodsbatch b JOIN submissions_submission s ON s.id = b.submission_id
WHERE s.company_id = %s AND b.checked_at IS NOT NULL AND {LOCAL.format("s.submitted_at")}
"""
WAREHOUSES = f"""
SELECT count(*) FROM submissions_submission
WHERE company_id = %s AND kind = 'overseas-warehouse' AND state = 'accepted' AND {LOCAL.format("submitted_at")}
"""
REGISTERS = """
SELECT count(DISTINCT register) FROM filing_enterpriserecord
WHERE company_id = %s AND %s::date IS NOT NULL AND since <= %s AND (until IS NULL OR until >= %s)
"""


def submitted(company: Company, kind: str, at: datetime, **changed: object) -> Submission:
    row = receive(
        kind=kind, company=company, by=CLERK, channel="test", payload=b"{}", content_type="application/json",
        title="", parties=(), agencies=(), hold=False,
    )  # fmt: skip
    Submission.objects.filter(pk=row.pk).update(submitted_at=at, **changed)
    row.refresh_from_db()
    return row


def a_good(batch: Submission, at: datetime, version: int = 1, item: str = "") -> None:
    row = GoodsFiling.objects.create(
        company=batch.company, submission=batch, item_no=item or f"X{next(_serial)}", version=version,
        valid_from=date(2026, 1, 1), hs10="6301400000", name_zh="毯", specification="x", unit="007", unit1="007",
        factor1=1, origin="142", trade_modes=["9610"], digest="x",
    )  # fmt: skip
    GoodsFiling.objects.filter(pk=row.pk).update(created_at=at)


@pytest.fixture
def firms() -> tuple[Company, Company]:
    """F and B: goods in the first and last moment of October and beside it, files, records, warehouses."""
    f, b = people.a_company("F"), people.a_company("B")
    last = FIRST + timedelta(days=31, seconds=-1)
    for company, moments in (
        (f, (FIRST, last, FIRST - timedelta(seconds=1), last + timedelta(seconds=1))),
        (b, (FIRST,)),
    ):
        for n, at in enumerate(moments, 1):
            batch = submitted(company, "goods-filing", at, state="partly_accepted")
            GoodsBatch.objects.create(
                submission=batch, row_count=10 * n, filed_count=n, amended_count=1, faulty_count=2, state="checked",
                checked_at=at,
            )  # fmt: skip
            a_good(batch, at, item=f"I{n}")
            submitted(company, "overseas-warehouse", at, state="accepted")
        a_good(batch, last, version=2, item="I1")
        waiting = submitted(company, "goods-filing", last)
        GoodsBatch.objects.create(submission=waiting, row_count=99)
        submitted(company, "overseas-warehouse", last)
    for company, register, since, until in (
        (f, "pilot_zone", date(2026, 8, 31), None), (f, "customs", date(2026, 9, 1), date(2026, 11, 1)),
        (f, "refund", date(2026, 11, 2), None), (b, "licence", date(2026, 1, 1), None),
    ):  # fmt: skip
        EnterpriseRecord.objects.create(
            company=company, register=register, since=since, until=until, number="1",
            submission=Submission.objects.filter(company=company)[0],
        )  # fmt: skip
    return f, b


def recount(sql: str, *given: object) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return cursor.fetchone()[0]


@pytest.mark.parametrize("period", [OCTOBER, YEAR], ids=["october", "year"])
def test_totals_equal_a_recount(firms: tuple[Company, Company], period: Period) -> None:
    asked = {GOODS: overview.goods_count, ROWS: overview.rows_count, WAREHOUSES: overview.warehouses_count}
    for company in firms:
        for sql, figure in asked.items():
            assert figure(company, period) == recount(sql, company.pk, period.since, period.until) > 0
        until = period.until
        assert overview.registers_count(company, period) == recount(
            REGISTERS, company.pk, until, until, until
        )
    assert [overview.goods_count(one, OCTOBER) for one in firms] == [2, 1]
    assert [overview.registers_count(one, OCTOBER) for one in firms] == [2, 1]


@pytest.mark.parametrize("figure", [f for f in overview.figures() if f.table], ids=lambda f: f.code)
def test_a_table_adds_up_to_its_figure(firms: tuple[Company, Company], figure) -> None:
    for period in (OCTOBER, YEAR):
        table = figure.table(firms[0], period)
        assert len(table.rows) == len(period.months())
        assert sum(n for _label, numbers in table.rows for n in numbers) == figure.value(firms[0], period)


def test_a_question_is_due_until_it_is_answered(firms: tuple[Company, Company]) -> None:
    office = people.an_agency("commerce")
    for company in firms:
        case = submitted(company, "enterprise-registration", FIRST)
        referral = Referral.objects.create(submission=case, agency=office, state="information_requested")
        InformationRequest.objects.create(referral=referral, number=1)
    one = InformationRequest.objects.get(referral__submission__company=firms[0])
    [said] = overview.questions(firms[0], timezone.localdate())
    assert said.url.split("/")[-2] == str(one.pk)
    assert one.referral.submission.reference in str(said.text)
    assert said.day == timezone.localdate()
    InformationRequest.objects.filter(pk=one.pk).update(answered_at=timezone.now(), sealed_answer=b"x")
    assert list(overview.questions(firms[0], timezone.localdate())) == []


def test_a_workbench_number_is_the_rows_of_its_page(firms: tuple[Company, Company]) -> None:
    GoodsBatch.objects.filter(checked_at=None).delete()
    Submission.objects.filter(kind="goods-filing", state="in_progress").update(kind="x")
    counts = []
    for company in firms:
        client = Client()
        client.force_login(
            people.a_member(company), backend="allauth.account.auth_backends.AuthenticationBackend"
        )
        principal = Principal(
            actor=CLERK,
            permissions=frozenset({Permission.FILING_READ}),
            companies=(company,),
            company=company,
        )
        faulty, filed = workbench.counters()
        shown = client.get(filed.url(principal)).context
        assert filed.count(principal) == len(shown["rows"]) == shown["total"]
        page = client.get(faulty.url(principal)).context["page"]
        assert faulty.count(principal) == len(page.rows) == 1
        counts.append(filed.count(principal))
    assert counts == [4, 1]

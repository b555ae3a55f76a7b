"""Figures, duties and workbench numbers equal a recount of the tables; another company's rows never count."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from decimal import Decimal as D

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone, translation

from accounts.models import Company
from accounts.principals import Principal
from forex import overview, workbench
from forex.indicator_rows import report
from forex.lifecycle import BOP, advance
from forex.matching import match
from forex.models import BopDeclaration, InwardPayment
from reference import selectors
from reference.datafiles import rate_rows
from reference.models import ExchangeRate
from submissions import services
from submissions.figures import Period
from tests.accounts import factories as people
from tests.forex.factories import BANK, FIRM, a_bank, a_payment, a_statement
from trail.actors import Actor

PERIODS = [Period(date(2026, 10, 1), date(2026, 10, 31)), Period(date(2026, 1, 1), date(2026, 12, 31))]
# In October F has one payment matched, one in part, one not; in November one in euro. B has two of its own.
RECOUNT = """
SELECT count(*), coalesce(sum(usd * p.amount), 0), coalesce(sum(usd * p.matched), 0),
       count(*) FILTER (WHERE NOT EXISTS (SELECT 1 FROM forex_bopdeclaration d
         WHERE d.payment_id = p.id AND d.state IN ('submitted', 'accepted')))
FROM forex_inwardpayment p CROSS JOIN LATERAL (SELECT CASE p.currency WHEN 'USD' THEN 1 END AS usd) r
WHERE p.company_id = %s AND p.received_on BETWEEN %s AND %s
"""


@pytest.fixture
def firms(firm: Company) -> tuple[Company, Company]:
    other = people.a_company("B")
    ExchangeRate.objects.bulk_create(ExchangeRate(**asdict(row)) for row in rate_rows())
    selectors.forget()
    whole, part, returned = a_payment(firm), a_payment(firm, "500.00"), a_payment(firm, "80.00")
    a_payment(firm, "70.00", received_on="2026-11-03")
    for payment in (whole, part):
        match(payment.pk, a_statement(firm).pk, company_id=firm.pk, by=FIRM)
    _declared(whole)
    advance(BOP, _declared(returned).pk, "return", by=BANK)
    for day in ("2026-10-31", "2026-11-01"):
        a_payment(other, "1000.00", received_on=day)
    return firm, other


def _declared(payment: InwardPayment) -> BopDeclaration:
    submission = services.receive(
        kind="bop-declaration", company=payment.company, by=FIRM, channel="test", payload=b"{}",
        content_type="application/json", title="", parties=(), agencies=(), hold=False,
    )  # fmt: skip
    return BopDeclaration.objects.create(
        submission=submission, payment=payment, version=1, code="121010", in_statistics=True,
        currency=payment.currency, actual=payment.amount, gross_in=payment.amount, gross_out=0,
    )  # fmt: skip


def recount(company: Company, period: Period) -> tuple[int, D, D, int]:
    with connection.cursor() as cursor:
        cursor.execute(RECOUNT, [company.pk, period.since, period.until])
        return cursor.fetchone()


@pytest.mark.parametrize("period", PERIODS, ids=["october", "year"])
def test_totals_equal_a_recount(firms: tuple[Company, Company], period: Period) -> None:
    for company in firms:
        count, came, explained, open_ = recount(company, period)
        assert count > 0
        assert overview.payments_count(company, period) == count
        assert overview.received(company, period) == came
        assert overview.matched(company, period) == explained
        assert overview.unmatched(company, period) == came - explained
        assert overview.undeclared_count(company, period) == open_
        for figure in overview.figures():
            if figure.table is not None:
                numbers = [n for _label, row in figure.table(company, period).rows for n in row]
                assert sum(numbers) == figure.value(company, period)


def test_the_four_are_those_of_their_page(firms: tuple[Company, Company]) -> None:
    for company in firms:
        for period in PERIODS:
            found = report(company, period.since, period.until).plain
            values = [one.value(company, period) for one in overview._indicators()]
            assert values == [
                found.difference,
                found.difference_ratio,
                found.money_to_goods,
                found.credit_ratio,
            ]
    assert overview.indicator("money_to_goods", firms[0], PERIODS[0]) is None  # nothing exported: no zero


def test_other_currencies_count_at_their_rate_or_the_sum_cannot_be_said(
    firms: tuple[Company, Company],
) -> None:
    firm, period = firms[0], PERIODS[0]
    before = overview.received(firm, period)
    assert before is not None
    a_payment(firm, "100.00", currency="EUR")
    assert overview.received(firm, period) is None
    assert overview.unmatched(firm, period) is None
    usd = next(row for row in rate_rows() if (row.currency, row.kind) == ("USD", "spot"))
    ExchangeRate.objects.create(**asdict(usd) | {"currency": "EUR", "rate": D("7.8")})
    euro = overview.received(firm, period)
    spot = {c: selectors.exchange_rate(c, date(2026, 10, 20), "spot").value for c in ("EUR", "USD")}
    assert euro == before + (100 * spot["EUR"] / spot["USD"]).quantize(D("0.01"))


def test_each_undeclared_payment_is_a_duty_with_its_day(firms: tuple[Company, Company], monkeypatch) -> None:
    firm, other = firms
    monkeypatch.setattr(timezone, "localdate", lambda *args: date(2026, 11, 2))
    with translation.override("en"):
        mine = list(overview.due(firm, date(2026, 12, 2)))
    rows = InwardPayment.objects.filter(company=firm).exclude(declarations__state="submitted")
    assert [(one.day, one.url.split("/")[-2]) for one in mine] == [
        (row.due_on, str(row.pk)) for row in rows.order_by("due_on", "pk")
    ]
    assert [one.state for one in mine] == ["late", "late", "due"]
    assert [str(one.text).startswith("Correct") for one in mine] == [False, True, False]
    assert [one.url for one in overview.due(firm, mine[0].day)] == [one.url for one in mine[:2]]
    assert not {one.url for one in mine} & {one.url for one in overview.due(other, date(2026, 12, 2))}


def test_a_workbench_number_is_the_rows_of_its_page(firms: tuple[Company, Company]) -> None:
    counts = {}
    for company in firms:
        client = Client()
        client.force_login(
            people.a_member(company), backend="allauth.account.auth_backends.AuthenticationBackend"
        )
        principal = Principal(
            actor=Actor("person", "1", "x"), permissions=frozenset(), companies=(company,), company=company
        )
        for counter in workbench.counters():
            shown = client.get(counter.url(principal)).context["rows"]
            assert counter.count(principal) == len(shown)
            counts[company.name, counter.code] = len(shown)
    assert list(counts.values()) == [3, 3, 2, 2]
    bank = Principal(actor=BANK, permissions=frozenset(), companies=(), agency=a_bank("bank2"))
    assert [counter.count(bank) for counter in workbench.counters()] == [0, 0]

"""From an event at a desk to a fact, to the score, to its explanation: each by its rule in the data."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Company
from credit import selectors
from credit.models import Fact
from credit.observing import fits, noted_by
from credit.types import Rule, rows
from submissions.observations import Observation, observe
from tests.accounts.factories import TESTER, a_company, a_member, an_agency

LOGIN = "allauth.account.auth_backends.AuthenticationBackend"
CORRECTED = Observation(
    event="payment.corrected_after_return",
    company_id=0,
    key="P/O10",
    number="O10",
    on=date(2026, 11, 23),
    by=TESTER,
    code="1332",
    after=timedelta(minutes=5),
)
CONFIRMED = replace(
    CORRECTED, event="identity.misuse_confirmed", code="", key="R:1", number="R", params={"lists": "L1, L2"}
)


def test_what_is_noted_of_the_desks_events_stands_in_the_data() -> None:
    noted = {one.event: [kind.code for kind in noted_by(one)] for one in (CORRECTED, CONFIRMED)}
    assert noted == {CORRECTED.event: ["late-correction"], CONFIRMED.event: ["misuse-confirmed"]}
    for nothing in (
        replace(CORRECTED, code="1320"),
        replace(CORRECTED, on=date(2025, 12, 31)),
        replace(CONFIRMED, event="identity.misuse_reported"),
        replace(CONFIRMED, event="identity.misuse_rejected"),
    ):
        assert noted_by(nothing) == []


@given(
    code=st.sampled_from(["1332", "1320", ""]),
    codes=st.lists(st.sampled_from(["1332", "1320"]), max_size=2),
    grace=st.integers(0, 72),
    hours=st.integers(0, 100),
)
def test_a_rule_notes_its_codes_after_its_grace(code: str, codes: list[str], grace: int, hours: int) -> None:
    rule = Rule("payment.corrected_after_return", tuple(codes), grace, "", "", "")
    one = replace(CORRECTED, code=code, after=timedelta(hours=hours))
    assert fits(rule, one) is ((not codes or code in codes) and hours >= grace)
    assert not fits(replace(rule, event="other"), one)


def test_every_rule_can_be_said_in_both_languages() -> None:
    params = {"number": "N", "code": "C", "lists": "L"}
    rules = [one.rule for one in rows() if one.rule]
    assert len(rules) == 2
    for rule in rules:
        assert "{" not in rule.words_zh.format(**params) + rule.words_en.format(**params)


# --- with the database ------------------------------------------------------------------------------------


@pytest.fixture
def firm(db: None) -> Company:
    cache.clear()
    an_agency()
    return a_company()


def test_an_event_is_one_minor_fact_however_often_it_is_told(firm: Company) -> None:
    one = replace(CORRECTED, company_id=firm.pk, on=timezone.localdate())
    observe(one)
    observe(replace(one, after=timedelta(days=2), code="1332", number="O10 again"))
    fact = Fact.objects.get()
    assert (fact.type, fact.severity, fact.observed, fact.agency.code) == (
        "late-correction", "minor", True, "customs",
    )  # fmt: skip
    assert (fact.subject_kind, fact.subject_code, fact.document_no) == ("order", "O10", "O10")
    assert "1332" in fact.words_zh
    assert fact.basis_zh


def test_the_fact_lowers_the_score_and_the_page_says_by_what(firm: Company) -> None:
    observe(replace(CORRECTED, company_id=firm.pk, on=timezone.localdate()))
    observe(replace(CONFIRMED, company_id=firm.pk, on=timezone.localdate()))
    score = selectors.score_of(firm, timezone.localdate())
    assert score.value == Decimal("94.0")
    assert [(part.weight, part.deduction) for part in score.parts] == [(3, 3), (3, 3)]
    alice = Client(headers={"accept-language": "en"})
    alice.force_login(a_member(firm), backend=LOGIN)
    page = alice.get(reverse("credit_own")).content.decode()
    for said in ("Late correction of a payment", "List with a misused identity, confirmed", "L1, L2", "94.0"):
        assert said in page
    # Minor: its subject and officials see it, the public does not.
    public = Client(headers={"accept-language": "en"}).get(reverse("credit_public", args=[firm.uscc]))
    assert "Late correction" not in public.content.decode()


def test_a_long_key_still_names_one_occurrence(firm: Company) -> None:
    for end in ("1", "2", "2"):
        observe(replace(CORRECTED, company_id=firm.pk, on=timezone.localdate(), key="x" * 100 + end))
    assert Fact.objects.count() == 2


def test_nothing_is_noted_of_a_company_that_is_not_here_or_without_its_agency(db: None) -> None:
    observe(replace(CORRECTED, company_id=10**6))
    observe(replace(CORRECTED, company_id=a_company().pk))
    assert not Fact.objects.exists()

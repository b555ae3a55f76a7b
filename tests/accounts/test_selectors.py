"""Mandates over dates, and companies by either of their codes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Company, Mandate
from accounts.selectors import companies_by_codes, company_by_code, mandate_in_force
from accounts.services import give_mandate, revoke_mandate
from reference.problems import Refused
from tests.accounts.factories import TESTER, a_company

pytestmark = pytest.mark.django_db

SERVICES = ["import-orders", "import-declaration"]
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture
def pair() -> tuple[Company, Company]:
    """Principal and agent."""
    return a_company("principal"), a_company("agent")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    start=DAYS,
    end=st.none() | DAYS,
    day=DAYS,
    service=st.sampled_from(["import-orders", "import-declaration"]),
)
def test_a_mandate_holds_from_its_first_to_its_last_day(pair, start, end, day, service):
    principal, agent = pair
    Mandate.objects.all().delete()
    facts = {"principal": principal, "agent": agent, "service": "import-declaration", "by": TESTER}
    if end is not None and end < start:
        with pytest.raises(Refused) as refused:
            give_mandate(valid_from=start, valid_to=end, **facts)
        assert [p.code for p in refused.value.problems] == ["mandate.dates"]
        return
    mandate = give_mandate(valid_from=start, valid_to=end, **facts)
    holds = start <= day and (end is None or day <= end) and service == "import-declaration"
    assert mandate_in_force(principal, agent, service, day) is holds
    assert not mandate_in_force(agent, principal, service, day)
    revoke_mandate(mandate, by=TESTER)
    assert not mandate_in_force(principal, agent, service, day)


def test_today_counts_when_no_day_is_given(pair):
    principal, agent = pair
    today = timezone.localdate()
    give_mandate(principal=principal, agent=agent, service="import-orders", by=TESTER, valid_to=today)
    assert mandate_in_force(principal, agent, "import-orders")
    assert not mandate_in_force(principal, agent, "import-orders", today + timedelta(days=1))
    assert not mandate_in_force(principal, agent, "import-orders", today - timedelta(days=1))


def test_a_company_acts_for_itself(pair):
    principal, _agent = pair
    assert mandate_in_force(principal, principal, "import-orders")


def test_a_mandate_is_revoked_once(pair):
    principal, agent = pair
    mandate = give_mandate(principal=principal, agent=agent, service="import-orders", by=TESTER)
    revoke_mandate(mandate, by=TESTER)
    first = mandate.revoked_at
    with pytest.raises(Refused):
        revoke_mandate(mandate, by=TESTER)
    mandate.refresh_from_db()
    assert mandate.revoked_at == first


def test_no_mandate_from_oneself_nor_for_nothing(pair):
    principal, _agent = pair
    with pytest.raises(Refused) as refused:
        give_mandate(principal=principal, agent=principal, service="", by=TESTER)
    assert [p.code for p in refused.value.problems] == ["mandate.self", "mandate.service"]


def test_companies_are_found_by_either_code_in_one_query(pair, django_assert_num_queries):
    first, second = pair
    with django_assert_num_queries(1):
        found = companies_by_codes([first.uscc, second.customs_code, "9999999999", ""])
    assert found == {first.uscc: first, second.customs_code: second}
    assert company_by_code(first.customs_code) == first
    assert company_by_code("") is None

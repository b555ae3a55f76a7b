"""What other rooms answer when nothing else is connected."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from reference.services import load_reference
from tax.deadline import deadline
from tax.law import law
from tax.sources import Rooms
from tests.accounts import factories as people
from tests.tax.story import OCTOBER

pytestmark = pytest.mark.django_db


def test_the_rate_of_the_month_and_the_filing_day_come_from_reference_data() -> None:
    load_reference()
    rate = Rooms().month_rate("USD", OCTOBER)
    assert rate is not None
    assert (rate.value, rate.standing) == (Decimal("7.0500"), "unverified")
    assert Rooms().month_rate("EUR", OCTOBER) is None
    assert deadline(OCTOBER, law()) == date(2026, 11, 16)


def test_a_company_without_a_pilot_zone_record_is_not_registered() -> None:
    company = people.a_company()
    assert Rooms().registered_since(company) is None
    assert not Rooms().closed_lines(company, OCTOBER)
    assert Rooms().codes(company, {OCTOBER: {"EX01"}}) == {}

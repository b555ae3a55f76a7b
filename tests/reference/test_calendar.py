"""Working days by the Chinese calendar, as the State Council announced them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reference import calendar
from reference.services import load_reference

pytestmark = pytest.mark.django_db


def tianjin(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=timezone.get_default_timezone())


DAYS = st.dates(date(2024, 1, 1), date(2026, 12, 31))
ON_THE_DATABASE = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(autouse=True)
def _loaded() -> None:
    load_reference()


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 5, 4), False),  # a Monday in the Labour Day holiday
        (date(2026, 5, 9), True),  # a Saturday worked to make up for it
        (date(2026, 10, 1), False),
        (date(2026, 10, 10), True),
        (date(2026, 11, 14), False),
        (date(2026, 11, 15), False),
        (date(2026, 11, 16), True),
    ],
)
def test_days_that_offices_work(day: date, works: bool) -> None:
    assert calendar.is_working_day(day) is works


def test_a_deadline_on_a_sunday_moves_to_the_monday() -> None:
    assert calendar.next_working_day(date(2026, 11, 15)) == date(2026, 11, 16)
    assert calendar.next_working_day(date(2026, 11, 16)) == date(2026, 11, 16)


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (date(2026, 10, 20), 5, date(2026, 10, 27)),  # balance of payments, first payout of the story
        (date(2026, 11, 4), 5, date(2026, 11, 11)),  # and the second
        (date(2026, 9, 30), 1, date(2026, 10, 8)),  # over the National Day holiday
        (date(2026, 11, 20), 0, date(2026, 11, 20)),
        (date(2026, 11, 23), -1, date(2026, 11, 20)),
    ],
)
def test_adding_working_days(start: date, count: int, end: date) -> None:
    assert calendar.add_working_days(start, count) == end


def test_a_moment_keeps_its_time_of_day() -> None:
    friday = tianjin(2026, 11, 20, 16, 30)
    assert calendar.add_working_days(friday, 1) == tianjin(2026, 11, 23, 16, 30)


def test_a_moment_counts_as_the_day_it_is_in_tianjin() -> None:
    late_on_sunday_utc = datetime(2026, 11, 15, 16, 30, tzinfo=timezone.get_fixed_timezone(0))
    assert calendar.is_working_day(late_on_sunday_utc)  # 00:30 on Monday there


def test_a_year_that_was_not_announced_is_an_estimate() -> None:
    assert calendar.is_announced(2026)
    assert not calendar.is_announced(2031)
    assert calendar.is_working_day(date(2031, 1, 1))  # a Wednesday, and nobody has said otherwise


def test_working_time_leaves_the_weekend_out() -> None:
    friday = tianjin(2026, 11, 20, 12, 0)
    tuesday = tianjin(2026, 11, 24, 6, 0)
    assert calendar.working_time_between(friday, tuesday) == timedelta(hours=12 + 24 + 6)
    assert calendar.working_time_between(tuesday, friday) == timedelta(0)


@ON_THE_DATABASE
@given(DAYS, st.integers(0, 30))
def test_adding_and_counting_agree(start: date, count: int) -> None:
    end = calendar.add_working_days(start, count)
    assert calendar.working_days_between(start, end) == count
    assert count == 0 or calendar.is_working_day(end)


@ON_THE_DATABASE
@given(DAYS, DAYS, DAYS)
def test_counts_add_up(a: date, b: date, c: date) -> None:
    first, second, third = sorted((a, b, c))
    between = calendar.working_days_between
    assert between(first, third) == between(first, second) + between(second, third)

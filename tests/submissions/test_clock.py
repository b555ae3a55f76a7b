"""Promised time on the Chinese calendar, and its pause while information is asked."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Agency
from reference import calendar
from reference.calendar import is_working_day, working_time_between
from submissions import clock, services
from submissions.models import Referral, Transition
from tests.submissions.desk import a_case
from tests.submissions.makers import ALICE, CUSTOMS

BEIJING = ZoneInfo("Asia/Shanghai")


def at(day: int, hour: int = 10, month: int = 10) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=BEIJING)


@pytest.fixture(autouse=True)
def _autumn(monkeypatch: pytest.MonkeyPatch) -> None:
    """1 to 7 October are a holiday, Saturday the 10th is worked for it."""
    days = {at(n).date(): "holiday" for n in range(1, 8)} | {at(10).date(): "working"}
    monkeypatch.setattr(calendar, "calendar_days", lambda: days)


def test_a_promise_jumps_the_holiday_and_counts_the_saturday_worked_for_it() -> None:
    assert clock.promised_by(at(30, month=9), 1) == at(8)
    assert clock.promised_by(at(30, month=9), 3) == at(10)
    assert clock.promised_by(at(30, month=9), 4) == at(12)


def test_working_time_goes_on_after_the_holiday() -> None:
    assert clock.add_working_time(at(30, 20, month=9), timedelta(hours=6)) == at(8, 2)
    assert clock.add_working_time(at(3), timedelta(hours=1)) == at(8, 1)


MOMENTS = st.integers(0, 60 * 24 * 60).map(lambda minutes: at(1, 0, month=9) + timedelta(minutes=minutes))
SPANS = st.integers(1, 20 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))


@given(MOMENTS, SPANS)
def test_what_is_added_is_what_is_measured(start: datetime, span: timedelta) -> None:
    assert working_time_between(start, clock.add_working_time(start, span)) == span


@given(MOMENTS, SPANS, SPANS)
def test_a_pause_takes_nothing_of_what_was_left(asked: datetime, left: timedelta, pause: timedelta) -> None:
    due, answered = clock.add_working_time(asked, left), asked + pause
    new = clock.resumed_by(due, asked, answered)
    assert working_time_between(answered, new) == left
    assert new >= due
    assert is_working_day(new - timedelta(minutes=1))


def test_what_was_late_when_it_was_asked_stays_late() -> None:
    assert clock.resumed_by(at(8), at(9), at(20)) == at(8)


@pytest.mark.django_db
def test_the_clock_starts_when_the_agency_has_it_and_stands_while_it_asks() -> None:
    row = a_case()
    first = row.due_at
    assert first is not None
    sent = row.transitions.get(verb="referral.send").at
    assert abs(first - clock.promised_by(sent, row.agency.promised_days)) < timedelta(minutes=1)
    services.ask_information(row.pk, by=CUSTOMS, words="Which unit?")
    Transition.objects.filter(referral=row, verb=clock.ASKED).update(at=first - timedelta(hours=2))
    services.give_information(row.pk, by=ALICE)
    row.refresh_from_db()
    left = working_time_between(first - timedelta(hours=2), first)
    assert abs(working_time_between(timezone.now(), row.due_at) - left) < timedelta(minutes=1)


@pytest.mark.django_db
def test_an_agency_that_promises_nothing_has_no_date() -> None:
    Agency.objects.update_or_create(code="customs", defaults={"promised_days": 0, "name_zh": "x"})
    assert a_case().due_at is None


@pytest.mark.django_db
def test_a_date_given_before_it_is_sent_is_kept() -> None:
    due = timezone.now() + timedelta(days=90)
    row = a_case()
    Referral.objects.filter(pk=row.pk).update(due_at=due)
    clock._start([row.pk])
    row.refresh_from_db()
    assert row.due_at == due

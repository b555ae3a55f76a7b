"""Periods of publication (R6.04): the named days, and month ends."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credit.values import Known, Recorded
from credit.window_rules import dated_rules, rule_on, window_on
from credit.windows import WindowRule, add_months, is_public, window

DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
TODAY = date(2026, 11, 23)


def a_known(ruled_on: date, *, repaired_on: date | None = None, withdrawn_on: date | None = None) -> Known:
    fact = Recorded(uuid4(), "general", ruled_on, datetime(2026, 1, 1, tzinfo=UTC))
    return Known(fact, withdrawn_on=withdrawn_on, repaired_on=repaired_on)


def test_a_general_ruling_of_1_may() -> None:
    its = window_on("general", date(2026, 5, 1), TODAY)
    assert its is not None
    assert not its.repair_open(date(2026, 7, 31))
    assert its.repair_open(date(2026, 8, 1))
    assert its.shows(date(2026, 5, 1))
    assert its.shows(date(2027, 4, 30))
    assert not its.shows(date(2027, 5, 1))


def test_f_of_the_story() -> None:
    its = window_on("general", date(2026, 5, 8), TODAY)
    assert its is not None
    assert (its.repair_from, its.ends_on) == (date(2026, 8, 8), date(2027, 5, 8))


def test_a_serious_ruling_stands_one_to_three_years() -> None:
    its = window_on("serious", date(2026, 5, 1), TODAY)
    assert its is not None
    assert (its.repair_from, its.ends_on) == (date(2027, 5, 1), date(2029, 5, 1))


def test_a_minor_one_is_published_only_if_its_agency_says_so_and_then_for_three_months() -> None:
    plain = window_on("minor", date(2026, 11, 1), TODAY)
    told = window_on("minor", date(2026, 11, 1), TODAY, made_public=True)
    assert plain is not None
    assert told is not None
    assert not plain.shows(TODAY)
    assert told.shows(date(2027, 1, 31))
    assert not told.shows(date(2027, 2, 1))
    assert plain.repair_from == date(2026, 11, 1)


def test_the_other_reading_of_the_boundary_is_a_day_later() -> None:
    its = window(date(2026, 5, 1), WindowRule(3, 12, True, "day_after"))
    assert (its.repair_from, its.ends_on) == (date(2026, 8, 2), date(2027, 5, 2))


def test_before_the_first_rule_nothing_is_published() -> None:
    assert window_on("general", date(2026, 3, 1), date(2026, 3, 31)) is None
    assert not is_public(a_known(date(2026, 3, 1)), None, date(2026, 3, 31))
    assert rule_on("general", date(2026, 4, 1)) is not None


def test_each_rule_says_where_it_comes_from_and_that_it_is_contested() -> None:
    assert {one.standing for one in dated_rules()} == {"contested"}
    assert all(one.source for one in dated_rules())


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 3, date(2026, 4, 30)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
        (date(2028, 2, 29), 48, date(2032, 2, 29)),
    ],
)
def test_month_ends(day: date, months: int, expected: date) -> None:
    assert add_months(day, months) == expected


@given(DAYS, st.integers(0, 40))
def test_a_month_later_is_the_same_day_or_the_last_of_its_month(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)


@given(DAYS, DAYS, st.integers(1, 40))
def test_who_is_ruled_earlier_is_never_shown_longer(one: date, other: date, months: int) -> None:
    early, late = sorted([one, other])
    assert add_months(early, months) <= add_months(late, months)


@given(DAYS, DAYS, DAYS | st.none(), DAYS | st.none())
def test_public_means_within_the_period_and_nothing_happened(
    ruled_on: date, day: date, repaired: date | None, withdrawn: date | None
) -> None:
    its = window(ruled_on, WindowRule(3, 12, True))
    shown = is_public(a_known(ruled_on, repaired_on=repaired, withdrawn_on=withdrawn), its, day)
    over = withdrawn is not None or (repaired is not None and repaired <= day)
    assert shown == (ruled_on <= day < add_months(ruled_on, 12) and not over)


@given(DAYS, st.sampled_from(["minor", "general", "serious"]))
def test_repair_never_opens_after_publication_has_stopped(ruled_on: date, severity: str) -> None:
    its = window_on(severity, ruled_on, TODAY)
    assert its is not None
    assert its.begins_on <= its.repair_from < its.ends_on

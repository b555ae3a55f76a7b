"""Goods that come back: two clocks, and every condition of the relief."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customs.b2b.relief import Clocks, Returned, decide, months_after
from reference.datafiles import parameter_rows
from reference.parameters import setting_in_force

CLOCKS = Clocks(return_months=12, relief_months=6, modes=("9610", "1210", "9810"))
EXPORTED = date(2026, 9, 18)
STORY = Returned(
    mode="9810", released_on=EXPORTED, exported_on=EXPORTED, returned_on=date(2027, 2, 10),
    food=False, as_is=True, repaid=True,
)  # fmt: skip


@pytest.mark.parametrize(
    ("returned", "allowed", "relieved"),
    [
        ("2026-09-17", False, False),
        ("2026-09-18", True, True),
        ("2027-02-10", True, True),  # three bicycles of the story
        ("2027-03-18", True, True),
        ("2027-03-19", True, False),
        ("2027-05-02", True, False),  # one more
        ("2027-09-18", True, False),
        ("2027-09-19", False, False),
    ],
)
def test_the_two_clocks_of_the_story(returned: str, allowed: bool, relieved: bool) -> None:
    found = decide(replace(STORY, returned_on=date.fromisoformat(returned)), CLOCKS)
    assert (found.allowed, found.relieved) == (allowed, relieved)
    assert (found.last_day, found.relief_last_day) == (date(2027, 9, 18), date(2027, 3, 18))


def test_every_condition_is_told_at_once() -> None:
    bad = replace(STORY, returned_on=date(2027, 5, 2), food=True, as_is=False, repaid=False)
    assert decide(bad, CLOCKS).unrelieved == ("relief.late", "relief.food", "relief.changed", "relief.unpaid")
    assert decide(replace(STORY, mode="9710"), CLOCKS).against == ("return.mode",)
    none = decide(STORY, replace(CLOCKS, relief_months=0))
    assert (none.allowed, none.relieved, none.unrelieved) == (True, False, ("relief.none",))


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [("2026-08-31", 6, "2027-02-28"), ("2027-08-31", 6, "2028-02-29"), ("2028-02-29", 12, "2029-02-28")],
)
def test_the_last_day_of_a_shorter_month(day: str, months: int, expected: str) -> None:
    assert months_after(date.fromisoformat(day), months) == date.fromisoformat(expected)


DAYS = st.dates(date(2023, 1, 30), date(2030, 12, 31))


GOODS = st.tuples(st.booleans(), st.booleans(), st.booleans())


@given(DAYS, st.integers(0, 30), st.integers(0, 800), GOODS)
def test_relief_is_never_wider_than_return_and_ends_once(
    released: date, later: int, after: int, goods: tuple[bool, bool, bool]
) -> None:
    exported, (food, as_is, repaid) = released + timedelta(days=later), goods
    back = exported + timedelta(days=after)
    one = Returned("9810", released, exported, back, food=food, as_is=as_is, repaid=repaid)
    found = decide(one, CLOCKS)
    assert found.allowed or not found.relieved
    day_later = decide(replace(one, returned_on=one.returned_on + timedelta(days=1)), CLOCKS)
    assert found.relieved or not day_later.relieved
    assert found.allowed or not day_later.allowed
    if food or not as_is or not repaid:
        assert not found.relieved


@given(DAYS, st.integers(0, 24))
def test_months_later_is_the_same_day_or_the_months_last(day: date, months: int) -> None:
    found = months_after(day, months)
    assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == months
    assert found.day == day.day or (found + timedelta(days=1)).day == 1


def test_the_relief_as_shipped() -> None:
    rows = parameter_rows()
    held = {
        on: setting_in_force(rows, "return_relief_months", on).value for on in map(date.fromisoformat, DATES)
    }
    assert list(held.values()) == [6, 6, 6, 0]


DATES = ("2025-12-31", "2026-01-01", "2027-12-31", "2028-01-01")

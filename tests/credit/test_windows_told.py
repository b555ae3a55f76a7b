"""A company is told once that repair may be asked and that publication is over."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from credit import services, windows_told
from credit.windows import add_months
from credit.windows_told import ENDED, OPENED
from submissions.models import Notice
from submissions.notices import text_of
from tests.accounts.factories import TESTER
from tests.credit.situations import a_fact

pytestmark = pytest.mark.django_db
RULED = date(2026, 5, 8)


def told() -> list[str]:
    found = Notice.objects.filter(code__in=(OPENED, ENDED)).order_by("created_at", "pk")
    return list(found.values_list("code", flat=True))


def test_the_story_of_f_day_by_day() -> None:
    fact = a_fact(ruled_on=RULED)
    for day, so_far in (
        (date(2026, 8, 7), []),
        (date(2026, 8, 8), [OPENED]),
        (date(2026, 8, 9), [OPENED]),
        (date(2027, 5, 7), [OPENED]),
        (date(2027, 5, 8), [OPENED, ENDED]),
        (date(2027, 5, 9), [OPENED, ENDED]),
    ):
        windows_told.tell(day)
        assert told() == so_far, day
    notice = Notice.objects.get(code=OPENED)
    assert (notice.company, notice.url) == (fact.company, "/credit/own/")
    assert "2026-05-08" in text_of(notice)


@pytest.mark.parametrize("days", [0, 13, 14, 15])
def test_a_task_that_ran_late_still_tells(days: int) -> None:
    a_fact(ruled_on=RULED)
    windows_told.tell(date(2026, 8, 8) + timedelta(days=days))
    assert told() == ([OPENED] if days <= 14 else [])


@pytest.mark.parametrize("ruled", [date(2026, 1, 31), date(2025, 11, 30), date(2026, 2, 28)])
def test_ends_of_months(ruled: date) -> None:
    a_fact(ruled_on=ruled)
    for months, expected in ((3, [OPENED]), (12, [OPENED, ENDED])):
        day = add_months(ruled, months)
        if day >= date(2026, 4, 1):  # the rules of publication begin
            windows_told.tell(day - timedelta(days=1))
            before = told()
            windows_told.tell(day)
            assert (len(told()) - len(before), told()[-1:]) == (1, expected[-1:])


def test_nobody_is_told_of_what_is_repaired_withdrawn_or_never_published() -> None:
    services.repair(a_fact(ruled_on=RULED), by=TESTER)
    services.withdraw(a_fact(ruled_on=RULED), by=TESTER, why="wrong")
    a_fact(ruled_on=RULED, severity="minor")
    for day in (date(2026, 8, 8), date(2027, 5, 8)):
        assert windows_told.tell(day) == 0

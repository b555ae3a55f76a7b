"""What desks add to the overview, and the numbers by which submissions are found."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from django.db.models import Q
from hypothesis import given
from hypothesis import strategies as st

from accounts.principals import Principal
from submissions import figures, overview, registry
from submissions.figures import Duty, DutyItem, Figure, Period
from submissions.selectors import visible_to
from tests.submissions.makers import ALICE, a_company, handed_in

DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2035, 12, 31))


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    kept = dict(figures._figures), dict(figures._duties), list(registry._searches)
    yield
    figures._figures, figures._duties, registry._searches = kept


def test_figures_stand_by_rank_and_the_last_of_a_code_counts() -> None:
    figures._figures.clear()
    for code, label, rank in (("b", "B", 2), ("a", "old", 1), ("a", "A", 1), ("c", "C", 2)):
        registry.register_figure(Figure(code, figures.TAXES, label, lambda company, period: 1, rank=rank))
    assert [one.label for one in figures.figures()] == ["A", "B", "C"]
    assert figures.figure("a").label == "A"  # type: ignore[union-attr]
    assert figures.figure("none") is None


def test_the_last_duty_of_a_code_counts() -> None:
    figures._duties.clear()
    item = DutyItem(date(2026, 11, 16), "Declare.")
    registry.register_duty(Duty("one", "old", lambda company, until: []))
    registry.register_duty(Duty("one", "new", lambda company, until: [item]))
    assert [duty.label for duty in figures.duties()] == ["new"]


@given(DAYS, DAYS)
def test_a_period_touches_each_of_its_months_once(one: date, other: date) -> None:
    period = Period(min(one, other), max(one, other))
    months = period.months()
    assert months[0] == period.since.replace(day=1)
    assert months[-1] == period.until.replace(day=1)
    numbers = [month.year * 12 + month.month for month in months]
    assert numbers == list(range(numbers[0], numbers[0] + len(months)))


@pytest.mark.django_db
def test_a_submission_is_found_by_a_number_of_its_desk_but_by_its_readers_alone() -> None:
    company, other = a_company(), a_company("other")
    mine, foreign = handed_in(company=company, title="one"), handed_in(company=other, title="two")
    registry.register_search(lambda text: Q(title={"N-1": "one", "N-2": "two"}.get(text, "")))
    principal = Principal(actor=ALICE, permissions=frozenset(), company=company)

    def found(text: str) -> list[object]:
        filters = overview.Filters(text=text)
        return [row.submission.pk for row in overview.page(visible_to(principal), filters, principal).rows]

    assert found("N-1") == [mine.pk]
    assert found("N-2") == []
    assert found("N-3") == []
    assert foreign.pk not in found("o")

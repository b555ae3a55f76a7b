"""The zone's score: the published formula, and what later knowledge must not change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credit.formula import NoFormula, formula_on, formulas, full_months, score
from credit.values import Event, Known, Recorded, Severity, known

V1 = formulas()[0]
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 1000).map(lambda hours: EPOCH + timedelta(hours=hours))
DAYS = st.dates(date(2026, 1, 1), date(2031, 12, 31))
SEVERITIES = st.sampled_from(["minor", "general", "serious"])
FACTS = st.builds(Recorded, st.uuids(), SEVERITIES, DAYS, MOMENTS)


def a_fact(severity: Severity, ruled_on: date, known_at: datetime = EPOCH) -> Recorded:
    return Recorded(uuid4(), severity, ruled_on, known_at)


def test_without_facts_the_score_is_the_base() -> None:
    assert score([], date(2026, 11, 23), V1).value == Decimal("100.0")


def test_a_minor_fact_of_the_same_day_takes_its_weight() -> None:
    made = score([Known(a_fact("minor", date(2026, 11, 23)))], date(2026, 11, 23), V1)
    assert (made.value, made.parts[0].deduction) == (Decimal("97.0"), Decimal(3))


def test_f_of_the_story_before_and_after_its_repair() -> None:
    """15 × (1 − 6/24) = 11.25 on 2026-11-19; half of it from the repair on."""
    one = Known(a_fact("general", date(2026, 5, 8)), repaired_on=date(2026, 11, 20))
    assert score([one], date(2026, 11, 19), V1).value == Decimal("88.8")
    assert score([one], date(2026, 11, 20), V1).value == Decimal("94.4")


def test_a_class_takes_no_more_than_its_cap_and_the_page_can_say_so() -> None:
    made = score([Known(a_fact("minor", date(2026, 11, 1))) for _ in range(5)], date(2026, 11, 2), V1)
    assert made.value == Decimal("91.0")
    assert [(cap.severity, cap.sum, cap.cap) for cap in made.caps] == [("minor", Decimal(15), Decimal(9))]


def test_a_fact_fades_and_takes_nothing_in_the_end() -> None:
    one = Known(a_fact("general", date(2026, 5, 8)))
    assert score([one], date(2028, 5, 8), V1).value == 100
    assert score([one], date(2028, 5, 7), V1).value < 100
    assert score([one], date(2026, 5, 7), V1).value == 100, "the ruling had not been given"


def test_no_day_is_scored_before_the_first_edition_and_later_editions_change_no_past_day() -> None:
    from dataclasses import replace

    with pytest.raises(NoFormula):
        formula_on(date(2025, 12, 31))
    second = replace(V1, version="v2", valid_from=date(2027, 1, 1))
    assert formula_on(date(2026, 12, 31), [V1, second]) == V1
    assert formula_on(date(2027, 1, 1), [V1, second]) == second


@given(DAYS, DAYS)
def test_full_months_are_those_that_are_over(since: date, until: date) -> None:
    from credit.windows import add_months

    months = full_months(since, until)
    assert months >= 0
    if until >= since:
        assert add_months(since, months) <= until
        assert until <= add_months(since, months + 1)


@given(st.lists(FACTS, max_size=8), DAYS)
def test_the_score_stays_within_its_bounds_and_its_parts_explain_it(facts: list[Recorded], day: date) -> None:
    made = score([Known(one) for one in facts], day, V1)
    assert V1.floor <= made.value <= V1.base
    capped = {cap.severity: cap.sum - cap.cap for cap in made.caps}
    taken = sum((part.deduction for part in made.parts), Decimal(0)) - sum(capped.values(), Decimal(0))
    assert abs(max(V1.floor, V1.base - taken) - made.value) <= Decimal("0.05")


@given(st.lists(FACTS, max_size=6), st.data())
def test_what_becomes_known_later_changes_no_score_as_it_was_known(
    facts: list[Recorded], data: st.DataObject
) -> None:
    """Any day, as known at a moment, is the same whatever is recorded, withdrawn or repaired afterwards."""
    at, day = data.draw(MOMENTS), data.draw(DAYS)
    verbs = st.sampled_from(["withdraw", "repair", "object"])
    ids = st.sampled_from([one.id for one in facts] or [UUID(int=0)])
    events = data.draw(st.lists(st.builds(Event, ids, verbs, DAYS, MOMENTS), max_size=6))
    then = score(
        known([f for f in facts if f.known_at <= at], [e for e in events if e.known_at <= at], at), day, V1
    )
    now = score(known(facts, events, at), day, V1)
    assert then == now


@given(st.lists(FACTS, min_size=1, max_size=6), st.data())
def test_the_order_of_rows_does_not_matter(facts: list[Recorded], data: st.DataObject) -> None:
    ids = st.sampled_from([one.id for one in facts])
    verbs = st.sampled_from(["withdraw", "repair", "object", "reject_objection"])
    once = st.lists(
        st.builds(Event, ids, verbs, DAYS, MOMENTS), max_size=6, unique_by=lambda e: (e.fact_id, e.verb)
    )
    events = data.draw(once)
    shuffled = data.draw(st.permutations(events))
    at, day = EPOCH + timedelta(hours=2000), data.draw(DAYS)
    assert score(known(facts, events, at), day, V1) == score(known(facts, shuffled, at), day, V1)


@given(FACTS, DAYS, DAYS)
def test_withdrawal_counts_on_every_day_and_repair_from_its_own(fact: Recorded, on: date, day: date) -> None:
    late = EPOCH + timedelta(hours=2000)
    gone = known([fact], [Event(fact.id, "withdraw", on, late)], late)
    assert score(gone, day, V1).value == V1.base
    mended = score(known([fact], [Event(fact.id, "repair", on, late)], late), day, V1)
    plain = score(known([fact], [], late), day, V1)
    assert mended.value >= plain.value
    if day < on:
        assert mended.value == plain.value

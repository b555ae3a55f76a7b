"""Every state has been given its meaning: a new one must not slip through as "waiting"."""

from __future__ import annotations

import pytest

from customs.models import DocumentState
from portal.meanings import ATTENTION, GOOD, REFUSED, WAITING, is_named, meaning_of
from submissions.models import DispatchState, ReferralState, SubmissionState

STATES = [*SubmissionState.values, *ReferralState.values, *DispatchState.values, *DocumentState.values]


@pytest.mark.parametrize("state", sorted(set(STATES)))
def test_every_state_is_named(state) -> None:
    assert is_named(state)


def test_the_four_meanings_look_different_without_colour() -> None:
    assert len({meaning.icon for meaning in (WAITING, GOOD, ATTENTION, REFUSED)}) == 4


@pytest.mark.parametrize(
    ("state", "meaning"),
    [("released", GOOD), ("returned", ATTENTION), ("refused", REFUSED), ("stored", WAITING)],
)
def test_what_states_mean_to_people(state, meaning) -> None:
    assert meaning_of(state) is meaning


def test_an_unknown_state_is_only_waiting() -> None:
    assert meaning_of("brand_new") is WAITING

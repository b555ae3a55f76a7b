"""The history in plain words."""

from __future__ import annotations

import pytest
from django.utils import timezone, translation

from submissions.lifecycle import DISPATCH, REFERRAL, SUBMISSION
from submissions.models import Transition
from submissions.sentences import HOLDING, SENTENCES, lines

LOGGED = [
    f"{table.name}.{step.verb}"
    for table in (SUBMISSION, REFERRAL, DISPATCH)
    for step in table.steps.values()
    if step.logged
]


@pytest.mark.parametrize("verb", LOGGED)
def test_every_logged_step_has_a_sentence(verb: str) -> None:
    assert verb in SENTENCES


def test_no_sentence_is_left_of_a_step_that_is_gone() -> None:
    assert set(SENTENCES) == set(LOGGED) | HOLDING  # who has a case is no state, and stands in no table


def step(verb: str, **given: str) -> Transition:
    values = {
        "actor_kind": "person",
        "actor_label": "Alice",
        "on_behalf_of": "A firm",
        "to_state": "accepted",
    }
    return Transition(verb=verb, at=timezone.now(), **(values | given))


def test_who_is_near_reads_names_reasons_and_words() -> None:
    row = step("submission.accept", why="all good", words="[Code:2600]")
    (line,) = lines([row], near=True, operates=False)
    assert (line.actor, line.why, line.words) == ("Alice (A firm)", "all good", "[Code:2600]")
    (line,) = lines([row], near=False, operates=False)
    assert (line.actor, line.why, line.words) == ("", "", "")


def test_steps_between_machines_are_for_those_who_run_them() -> None:
    row = step("dispatch.deliver", actor_kind="system")
    assert not lines([row], near=True, operates=False)
    with translation.override("en"):
        (line,) = lines([row], near=True, operates=True)
    assert line.actor == "the portal (A firm)"

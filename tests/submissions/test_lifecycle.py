"""The tables, and that nobody writes a state besides them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from submissions.lifecycle import (
    DISPATCH,
    JOINT_VERBS,
    NEW,
    REFERRAL,
    SUBMISSION,
    TABLES,
    NotAllowed,
    Table,
    WrongState,
    advance,
    advance_one,
)
from submissions.models import Change, Referral, Submission, Transition
from submissions.registry import Happened, register_hook
from tests.submissions.makers import ALICE, CLIENT, CUSTOMS, a_company, handed_in, the_dispatch
from trail.actors import SYSTEM
from trail.models import Entry

ROOMS = ("portal", "submissions", "accounts")
OURS = r"(Submission|Referral|Dispatch|InboxMessage)"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_state_is_reached_and_every_waiting_state_is_left(table: Table) -> None:
    states = {str(value) for value, _ in table.model._meta.get_field("state").choices}
    reached = {NEW}
    while (
        wider := {s.target for s in table.steps.values() if reached & {str(x) for x in s.sources}} - reached
    ):
        reached |= wider
    assert reached - {NEW} == states
    left = {str(source) for step in table.steps.values() for source in step.sources} - {NEW}
    ends = {"withdrawn", "cancelled", "applied"} | ({"accepted"} if table is REFERRAL else set())
    assert states - left == ends & states


def test_every_joint_state_has_its_verb() -> None:
    for state, verb in JOINT_VERBS.items():
        step = SUBMISSION.steps[verb]
        assert step.target == state
        others = set(JOINT_VERBS) - {state}
        # "accepted in part" and the rest reach each other: a late reply may turn any of them.
        assert set(map(str, step.sources)) == set(map(str, others)), verb


def test_no_other_code_writes_a_state() -> None:
    base = Path(__file__).resolve().parents[2]
    written = re.compile(r"\.state = [^'=%]|(update|create|get_or_create)\([^)]*\bstate=")
    # Customs' documents have a lifecycle of their own; our rows are out of its reach all the same.
    rows = re.compile(rf"\b{OURS}(\.objects[^\n]*\.update)?\([^)]*\bstate=|UPDATE submissions_\w+ SET state")
    guilty = [
        f"{path.relative_to(base)}: {match.group(0)!r}"
        for room in (*ROOMS, "customs")
        for path in (base / room).rglob("*.py")
        if path.name != "lifecycle.py" and "migrations" not in path.parts
        for expression in ((written, rows) if room in ROOMS else (rows,))
        for match in expression.finditer(path.read_text())
    ]
    assert guilty == []


@pytest.mark.django_db
def test_the_loser_of_a_race_is_told_what_it_found() -> None:
    referral = handed_in().referrals.get()
    advance_one(REFERRAL, referral.pk, "accept", by=CUSTOMS)
    with pytest.raises(WrongState) as error:
        advance_one(REFERRAL, referral.pk, "refuse", by=CUSTOMS)
    assert (error.value.verb, error.value.found) == ("refuse", "accepted")
    assert Referral.objects.get(pk=referral.pk).state == "accepted"


@pytest.mark.django_db
def test_only_those_named_may() -> None:
    referral = handed_in().referrals.get()
    with pytest.raises(NotAllowed):
        advance(REFERRAL, [referral.pk], "accept", by=CLIENT)
    with pytest.raises(NotAllowed):
        advance(DISPATCH, [], "again", by=CLIENT)


@pytest.mark.django_db
def test_a_step_leaves_transition_trail_change_and_hook(hooks: None) -> None:
    seen: list[Happened] = []
    register_hook("referral.refuse", seen.append)
    party = a_company()
    submission = handed_in(parties=[party.pk])
    referral = submission.referrals.get()
    advance_one(REFERRAL, referral.pk, "refuse", by=CUSTOMS, why="checked", words="价格不符")
    row = Transition.objects.get(verb="referral.refuse")
    assert (row.from_state, row.to_state, row.actor_label, row.why, row.words) == (
        "waiting", "refused", "Customs", "checked", "价格不符",
    )  # fmt: skip
    entry = Entry.objects.get(action="referral.refuse")
    assert (entry.object_id, entry.actor_kind, entry.count) == (str(referral.pk), "agency", 1)
    change = Change.objects.get(event="referral.refuse")
    assert change.parties == sorted([submission.company_id, party.pk])
    assert (change.agencies, change.data["agency"], change.data["reference"]) == (
        ["customs"], "customs", submission.reference,
    )  # fmt: skip
    assert [(h.ids, h.submission_ids, h.words) for h in seen] == [
        ((referral.pk,), (submission.pk,), "价格不符")
    ]


@pytest.mark.django_db
def test_an_error_of_a_hook_undoes_the_step(hooks: None) -> None:
    def fail(_: Happened) -> None:
        raise ValueError("the desk could not follow")

    register_hook("referral.accept", fail)
    referral = handed_in().referrals.get()
    with pytest.raises(ValueError, match="could not follow"):
        advance_one(REFERRAL, referral.pk, "accept", by=CUSTOMS)
    assert Referral.objects.get(pk=referral.pk).state == "waiting"
    assert not Transition.objects.filter(verb="referral.accept").exists()


@pytest.mark.django_db
def test_many_at_once_are_one_trail_row_and_a_fixed_number_of_queries(
    django_assert_num_queries: object,
) -> None:
    referrals = [handed_in().referrals.get().pk for _ in range(12)]
    advance(REFERRAL, referrals[:2], "accept", by=CUSTOMS)
    # Two of them the hooks of the desks that follow an acceptance, each once for the set.
    with django_assert_num_queries(7):  # type: ignore[operator]
        moved = advance(REFERRAL, referrals, "refuse", by=CUSTOMS)
    assert {row.id for row in moved} == set(referrals[2:])
    entry = Entry.objects.get(action="referral.refuse")
    assert (entry.count, len(entry.digest), entry.object_id) == (10, 64, "")
    assert Transition.objects.filter(verb="referral.refuse").count() == 10


@pytest.mark.django_db
def test_a_lease_guards_the_settling() -> None:
    dispatch = the_dispatch(handed_in())
    lease = Submission._meta.pk.get_default()
    values = {"lease": lease, "leased_until": dispatch.due_at}
    assert advance(DISPATCH, [dispatch.pk], "claim", by=SYSTEM, changes=values)
    gone = {"lease": None, "leased_until": None}
    other = Submission._meta.pk.get_default()
    assert not advance(DISPATCH, [dispatch.pk], "deliver", by=SYSTEM, changes=gone, guard={"lease": other})
    assert advance(DISPATCH, [dispatch.pk], "deliver", by=SYSTEM, changes=gone, guard={"lease": lease})


@pytest.mark.django_db
def test_nothing_moves_for_no_rows() -> None:
    assert advance(REFERRAL, [], "send", by=SYSTEM) == []
    assert ALICE.kind == "person"
    assert Entry.objects.count() == 0

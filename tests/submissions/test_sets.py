"""Dispatches tried as a set: what holds for one holds for each of them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Agency
from submissions import dispatch, mailbox, nudge, registry, settle, sweep, switch, tasks
from submissions.gateways import Accepted, Misconfigured, RefusedByAgency, Unknown, Unreachable
from submissions.models import Attempt, Change, Dispatch, Line, Payload, Submission, Transition
from submissions.registry import Happened
from tests.submissions.fake_agency import FakeAgency, Killed
from tests.submissions.makers import an_agency, handed_in, make_due, the_dispatch
from trail.models import Entry


def queued(number: int, **given: Any) -> list[Dispatch]:
    """So many dispatches of so many submissions, all due."""
    return [the_dispatch(handed_in(**given)) for _ in range(number)]


def keys(rows: list[Dispatch]) -> list[str]:
    """What the agency knows them by."""
    return [str(row.key) for row in rows]


def states(rows: list[Dispatch]) -> list[tuple[str, int]]:
    """State and attempts of each."""
    found = {row.pk: (row.state, row.attempts_made) for row in Dispatch.objects.all()}
    return [found[row.pk] for row in rows]


@pytest.fixture
def own_mailbox(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty mailbox that no other test writes into."""
    monkeypatch.setattr(mailbox, "_list", lambda name: f"test_sets:{name}")
    mailbox.take(tasks.dispatch.name, 1000)


@pytest.mark.django_db
def test_each_of_a_set_leaves_what_one_alone_leaves(agency: FakeAgency) -> None:
    alone = queued(1)
    dispatch.run(alone[0].pk)
    traces = [
        sorted(Transition.objects.filter(referral=alone[0].referral).values_list("verb", flat=True)),
        sorted(Entry.objects.filter(object_id=str(alone[0].pk)).values_list("action", flat=True)),
        sorted(
            Change.objects.filter(submission=alone[0].referral.submission).values_list("event", flat=True)
        ),
    ]
    rows = queued(5)
    assert set(dispatch.run_set([row.pk for row in rows]).values()) == {"sent"}
    assert agency.delivered[1:] == keys(rows)  # in the order given
    for row in rows:
        found = [
            sorted(Transition.objects.filter(referral=row.referral).values_list("verb", flat=True)),
            sorted(Entry.objects.filter(object_id=str(row.pk)).values_list("action", flat=True)),
            sorted(Change.objects.filter(submission=row.referral.submission).values_list("event", flat=True)),
        ]
        assert found == traces
        row.refresh_from_db()
        assert (row.state, row.lease, row.attempts_made) == ("sent", None, 1)
        referral = row.referral
        assert (referral.state, referral.agency_number[:2]) == ("sent", "EP")
        attempt = row.attempts.get()
        assert (attempt.outcome, attempt.request_sha256) == ("accepted", referral.submission.payload_sha256)
    numbers = {row.referral.agency_number for row in rows}
    assert len(numbers) == len(rows)  # each its own


@pytest.mark.django_db
def test_a_set_costs_no_more_statements_than_one(agency: FakeAgency) -> None:
    costs = []
    for number in (1, 12):
        rows = [row.pk for row in queued(number)]
        with CaptureQueriesContext(connection) as asked:
            dispatch.run_set(rows)
        costs.append(len([one for one in asked if "SAVEPOINT" not in one["sql"]]))
    assert costs[0] == costs[1] <= 20


@pytest.mark.django_db
def test_of_a_set_only_what_is_due_is_tried(agency: FakeAgency) -> None:
    rows = queued(3)
    dispatch.run(rows[0].pk)
    an_agency("tax")
    closed = the_dispatch(handed_in(agencies=["tax"]))
    Agency.objects.filter(code="tax").update(is_open=False)
    outcomes = dispatch.run_set([*(row.pk for row in rows), closed.pk, UUID(int=7)])
    assert outcomes == {rows[1].pk: "sent", rows[2].pk: "sent"}
    assert states([closed]) == [("queued", 0)]


@pytest.mark.django_db
def test_agencies_of_a_set_do_not_hold_up_each_other(agency: FakeAgency) -> None:
    other = FakeAgency()
    registry.register_gateway("tax", "payload", other)
    an_agency("tax")
    rows = [row for _ in range(2) for row in (*queued(1), *queued(1, agencies=["tax"]))]
    agency.script = [Unreachable("down")]
    outcomes = dispatch.run_set([row.pk for row in rows])
    assert [outcomes.get(row.pk) for row in rows] == ["put_off", "sent", None, "sent"]
    assert len(other.bodies) == 2


@pytest.mark.django_db
@pytest.mark.parametrize("trouble", [Unreachable("down"), Unknown("timeout")], ids=repr)
def test_an_agency_down_in_the_midst_gets_no_more_of_the_set(
    trouble: Any, agency: FakeAgency, nudged: list[Any], commits: Callable[[], Any]
) -> None:
    rows = queued(5)
    agency.script = [lambda key: None, lambda key: None, trouble]
    nudged.clear()
    with commits():
        outcomes = dispatch.run_set([row.pk for row in rows])
    assert [outcomes.get(row.pk) for row in rows] == ["sent", "sent", "put_off", None, None]
    assert agency.delivered == keys(rows[:3])
    assert states(rows[3:]) == [("queued", 0)] * 2  # as if nobody had come
    assert Attempt.objects.filter(dispatch__in=rows[3:]).count() == 0
    assert Line.objects.get().failures == 1
    assert [("dispatch", str(row.pk)) for row in rows[3:]] == nudged[-2:]
    assert set(dispatch.run_set([row.pk for row in rows]).values()) == {"sent"}
    assert agency.delivered == keys(rows)[:3] + keys(rows)[3:]


@pytest.mark.django_db
def test_what_had_to_be_asked_for_still_has_to_when_given_back(agency: FakeAgency) -> None:
    rows = queued(3)
    agency.script = [lambda key: None, Killed_in_call]
    with pytest.raises(Killed):
        dispatch.run_set([row.pk for row in rows])
    for row in rows:
        make_due(row)
    agency.ask_script = [Unreachable("down")]
    outcomes = dispatch.run_set([row.pk for row in rows])
    assert list(outcomes.values()) == ["put_off"]
    left = Dispatch.objects.filter(pk__in=[row.pk for row in rows[1:]])
    assert {(row.state, row.failure) for row in left} == {("queued", "unknown")}
    make_due(rows[0])
    Line.objects.update(quiet_until=None)
    dispatch.run_set([row.pk for row in rows])
    assert {state for state, _ in states(rows)} == {"sent"}
    assert agency.doubled == []
    assert len(agency.bodies) == 3
    assert agency.delivered.count(str(rows[0].key)) == 1  # asked for, found, not sent again


def Killed_in_call(key: str) -> None:
    """The worker is gone in the midst of the set."""
    raise Killed


@pytest.mark.django_db
@pytest.mark.parametrize("where", ["submissions.settle.end_attempt", "submissions.switch.line_works"])
def test_a_set_whose_worker_dies_arrives_once(
    where: str, agency: FakeAgency, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = queued(4)

    def die(*_: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(where, die)
        with pytest.raises(Killed):
            dispatch.run_set([row.pk for row in rows])
    assert dispatch.run_set([row.pk for row in rows]) == {}  # the leases still hold
    for row in rows:
        make_due(row)
    assert set(dispatch.run_set([row.pk for row in rows]).values()) == {"sent"}
    assert agency.delivered == agency.asked == keys(rows)


@pytest.mark.django_db
def test_poison_in_a_set_refused_or_closed_concerns_itself(agency: FakeAgency) -> None:
    rows = queued(4)
    poison = Payload.objects.get(submission__referrals__dispatches=rows[1])
    Payload.objects.filter(pk=poison.pk).update(sealed=b"\x01" + b"?" * 40)  # cannot be opened
    agency.verdict = lambda key, body: (
        RefusedByAgency((), 422) if key == str(rows[2].key) else Accepted("EP7", 202)
    )
    outcomes = dispatch.run_set([row.pk for row in rows])
    assert [outcomes.get(row.pk) for row in rows] == ["sent", None, "refused", "sent"]
    assert states(rows)[1] == ("queued", 0)
    assert Agency.objects.get(code="customs").is_open


@pytest.mark.django_db
def test_a_hook_against_one_leaves_the_others_settled(agency: FakeAgency) -> None:
    rows = queued(4)
    bad = rows[2].pk

    def against(happened: Happened) -> None:
        if bad in happened.ids:
            raise ZeroDivisionError

    hooks = registry._hooks["dispatch.deliver"]
    hooks.append(against)
    try:
        outcomes = dispatch.run_set([row.pk for row in rows])
    finally:
        hooks.remove(against)
    assert outcomes == {row.pk: "sent" for row in rows if row.pk != bad}
    assert states([rows[2]]) == [("leased", 1)]  # the next worker asks for it
    make_due(rows[2])
    assert dispatch.run(bad) == "sent"
    assert agency.delivered == keys(rows)


@pytest.mark.django_db
def test_the_lease_of_one_of_a_set_is_lost(agency: FakeAgency) -> None:
    rows = queued(3)
    second: list[str] = []

    def hang(key: str) -> None:
        make_due(rows[2])  # a minute passes; another worker comes by
        second.append(dispatch.run(rows[2].pk))

    agency.script = [hang]
    outcomes = dispatch.run_set([row.pk for row in rows])
    assert second == ["sent"]
    assert outcomes == {rows[0].pk: "sent", rows[1].pk: "sent", rows[2].pk: "lost"}
    assert agency.doubled == []
    assert Transition.objects.filter(verb="referral.send").count() == 3


@pytest.mark.django_db
def test_a_slow_agency_settles_in_between_and_the_rest_stays_ours(
    agency: FakeAgency, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch, "SETTLE_AFTER_SECONDS", -1)  # every answer takes too long
    rows = queued(3)
    seen: list[list[tuple[str, int]]] = []
    agency.after_keeping = [lambda key: seen.append(states(rows)) for _ in rows]
    with monkeypatch.context() as patch:
        patch.setattr(dispatch, "_call_some", one_at_a_time)
        assert set(dispatch.run_set([row.pk for row in rows]).values()) == {"sent"}
    assert [[state for state, _ in one] for one in seen] == [
        ["leased", "leased", "leased"],
        ["sent", "leased", "leased"],
        ["sent", "sent", "leased"],
    ]


def one_at_a_time(rest: list[Any], outcomes: dict[UUID, str]) -> Any:
    """As if two seconds were over after each call."""
    said = dispatch._try(rest[0])
    assert said is not None
    return [said], rest[1:]


@pytest.mark.django_db
def test_misconfigured_stops_one_and_leaves_the_rest_of_the_set(agency: FakeAgency) -> None:
    rows = queued(3)
    agency.script = [Misconfigured("401", 401)]
    assert dispatch.run_set([row.pk for row in rows]) == {rows[0].pk: "stopped"}
    assert states(rows[1:]) == [("queued", 0)] * 2
    assert dispatch.run_set([row.pk for row in rows]) == {}


@pytest.mark.django_db
def test_a_broken_line_lets_one_of_a_set_through(agency: FakeAgency) -> None:
    rows = queued(4)
    Line.objects.create(agency=Agency.objects.get(code="customs"), failures=switch.FAILURES_TO_BREAK)
    assert dispatch.run_set([row.pk for row in rows]) == {rows[0].pk: "sent"}
    assert Line.objects.get().failures == 0
    assert set(dispatch.run_set([row.pk for row in rows]).values()) == {"sent"}
    assert agency.delivered == keys(rows)


@pytest.mark.django_db(transaction=True)
def test_two_workers_with_overlapping_sets_send_each_once(agency: FakeAgency) -> None:
    rows = queued(12)
    orders = [[row.pk for row in rows[:9]], [row.pk for row in reversed(rows[3:])]]
    start = threading.Barrier(2, timeout=10)
    outcomes: list[dict[UUID, str]] = []

    def work(mine: list[UUID]) -> None:
        try:
            start.wait()
            outcomes.append(dispatch.run_set(mine))
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(mine,)) for mine in orders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(agency.delivered) == sorted(keys(rows))
    assert not set(outcomes[0]) & set(outcomes[1])
    assert set(outcomes[0]) | set(outcomes[1]) == {row.pk for row in rows}
    assert set(agency.in_transaction) == {False}
    assert Submission.objects.filter(state="in_progress").count() == 12


@pytest.mark.django_db
def test_one_wake_for_a_set(real_broker: None, own_mailbox: None, monkeypatch: pytest.MonkeyPatch) -> None:
    woken: list[tuple[Any, ...]] = []
    monkeypatch.setattr(nudge, "_publish", lambda task, args, countdown=None: woken.append(args))
    ids = [str(number) for number in range(dispatch.AT_ONCE + 3)]
    for one in ids:
        assert nudge.send(tasks.dispatch, one)
    assert woken == [(), ()]  # one for the full set, one for what follows
    assert nudge.taken(tasks.dispatch, "mine") == ["mine", *ids[: dispatch.AT_ONCE]]
    assert nudge.taken(tasks.dispatch) == ids[dispatch.AT_ONCE :]
    assert nudge.taken(tasks.dispatch) == []
    assert nudge.send(tasks.dispatch, "later", countdown=2)
    assert woken[2:] == [("later",)]  # its time has not come: not for who comes now


@pytest.mark.django_db
def test_a_lost_wake_costs_a_sweep(
    agency: FakeAgency, real_broker: None, own_mailbox: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = queued(1)[0]
    mailbox.put(tasks.dispatch.name, str(row.pk))
    woken: list[tuple[Any, ...]] = []
    monkeypatch.setattr(nudge, "_publish", lambda task, args, countdown=None: woken.append(args))
    nudge.wake_waiting(tasks.dispatch)
    assert woken == [()]
    tasks.dispatch()
    assert agency.delivered == [str(row.key)]
    assert sweep.due_dispatches() == []


def test_a_mailbox_at_a_broker_that_is_gone_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "CELERY_BROKER_URL", "redis://127.0.0.1:1/0")
    assert mailbox.take("any", 5) == []


def test_a_set_is_tried_within_its_lease() -> None:
    most = dispatch.SETTLE_AFTER_SECONDS + 2 * 2 * settings.AGENCY_TIMEOUT_SECONDS  # asked for, then sent
    assert most < dispatch.LEASE_SECONDS
    assert settle.NUDGE_WITHIN_SECONDS <= dispatch.LEASE_SECONDS

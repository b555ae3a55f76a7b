"""Workers die between any two steps, agencies do what they like: nothing is lost, nothing is doubled."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from submissions import dispatch, inbox, registry, services, settle, sweep
from submissions.gateways import Later, Malformed, Unknown, Unreachable
from submissions.models import Dispatch, InboxMessage, Line, Referral, Submission
from tests.submissions.fake_agency import FakeAgency, Killed
from tests.submissions.makers import ALICE, CUSTOMS, handed_in, make_due, the_dispatch


def die(*_: Any, **__: Any) -> Any:
    """The worker is gone."""
    raise Killed


def later_sweeps(row: Dispatch, rounds: int = 12) -> None:
    """Minutes pass: leases run out, the sweep comes by."""
    for _ in range(rounds):
        make_due(row)
        Line.objects.update(quiet_until=None)
        for key in sweep.due_dispatches():
            dispatch.run(key)


def arrived_once(agency: FakeAgency, submission: Submission) -> None:
    """Neither lost nor doubled, and we know it."""
    row = the_dispatch(submission)
    assert row.state == "sent"
    assert agency.bodies == {str(row.key): services.unseal_payload(submission)}
    assert agency.doubled == []
    referral = submission.referrals.get()
    assert (referral.state, referral.agency_number[:2]) == ("sent", "EP")
    assert not row.attempts.filter(ended_at=None).exists()


STEPS = {
    "in the claim": ("submissions.dispatch._begin_attempt", 0),
    "claimed, before the call": ("submissions.dispatch._call_deliver", 1),
    "answered, before the settling": ("submissions.settle.settle", 1),
    "in the settling, at its beginning": ("submissions.settle.end_attempt", 1),
    "in the settling, dispatch settled": ("submissions.switch.line_works", 1),
    "in the settling, at its end": ("submissions.settle.recompute", 1),
}


@pytest.mark.django_db
@pytest.mark.parametrize("step", STEPS)
def test_killed_between_two_steps(step: str, agency: FakeAgency, monkeypatch: pytest.MonkeyPatch) -> None:
    where, attempts = STEPS[step]
    submission = handed_in()
    row = the_dispatch(submission)
    with monkeypatch.context() as patch:
        patch.setattr(where, die)
        with pytest.raises(Killed):
            dispatch.run(row.pk)
    assert row.attempts.count() == attempts
    assert dispatch.run(row.pk) == ("" if attempts else "sent")  # the lease still holds
    later_sweeps(row)
    arrived_once(agency, submission)


@pytest.mark.django_db
@pytest.mark.parametrize("kept", [False, True], ids=["before it arrived", "after it arrived"])
def test_killed_in_the_call(kept: bool, agency: FakeAgency) -> None:
    (agency.after_keeping if kept else agency.script).append(die)
    submission = handed_in()
    row = the_dispatch(submission)
    with pytest.raises(Killed):
        dispatch.run(row.pk)
    later_sweeps(row)
    arrived_once(agency, submission)
    assert len(agency.delivered) == (1 if kept else 2)
    assert row.attempts.order_by("number")[0].outcome == "lost_lease"


@pytest.mark.django_db
@pytest.mark.parametrize("where", ["_call_ask", "_renew", "_call_deliver"])
def test_killed_while_asking(where: str, agency: FakeAgency, monkeypatch: pytest.MonkeyPatch) -> None:
    agency.script = [Unknown("timeout")]
    submission = handed_in()
    row = the_dispatch(submission)
    dispatch.run(row.pk)
    make_due(row)
    with monkeypatch.context() as patch:
        patch.setattr(dispatch, where, die)
        with pytest.raises(Killed):
            dispatch.run(row.pk)
    later_sweeps(row)
    arrived_once(agency, submission)


@pytest.mark.django_db
def test_one_that_kills_its_worker_every_time_is_stopped(agency: FakeAgency) -> None:
    agency.script = [die] * 100
    row = the_dispatch(handed_in())
    for _ in range(30):
        make_due(row)
        try:
            dispatch.run(row.pk)
        except Killed:
            continue
    row.refresh_from_db()
    assert (row.state, row.failure) == ("stopped", "lost_lease")
    assert row.attempts.exclude(outcome="not_there").count() == settle.INCONCLUSIVE_TRIES
    agency.script = []
    assert services.send_again([row.pk], by=ALICE).queued == (row.pk,)
    assert dispatch.run(row.pk) == "sent"
    assert len(agency.bodies) == 1


@pytest.mark.django_db
def test_who_lost_the_lease_does_not_settle(agency: FakeAgency) -> None:
    submission = handed_in()
    row = the_dispatch(submission)
    second: list[str] = []

    def hang(key: str) -> None:
        make_due(row)  # a minute passes; another worker comes by
        second.append(dispatch.run(row.pk))

    agency.script = [hang]
    assert dispatch.run(row.pk) == "lost"
    assert second == ["sent"]
    arrived_once(agency, submission)
    assert submission.transitions.filter(verb="referral.send").count() == 1
    assert row.attempts.count() == 3  # the first, its successor's question, its successor's sending


@pytest.mark.django_db
@pytest.mark.parametrize("late", [Unreachable("reset"), Unknown("timeout"), None], ids=repr)
def test_who_lost_the_lease_leaves_its_successor_alone(late: Unreachable | None, agency: FakeAgency) -> None:
    submission = handed_in()
    row = the_dispatch(submission)

    def hang(key: str) -> Any:
        make_due(row)
        assert dispatch._claim(row.pk) is not None  # the successor is just about to ask
        return late

    agency.script = [hang]
    assert dispatch.run(row.pk) == "lost"
    row.refresh_from_db()
    assert (row.state, row.lease is None) == ("leased", False)
    later_sweeps(row)
    arrived_once(agency, submission)


def decide(key: str, verdict: str = "accept") -> bytes:
    """A message of the agency."""
    return f"{verdict} {key}".encode()


def read_decision(message: InboxMessage, body: bytes) -> None:
    """A desk's reader: a referral is found by the key; what is decided already stays."""
    verdict, key = body.decode().split()
    referral = Referral.objects.filter(dispatches__key=key).first()
    if referral is None:
        raise inbox.Park(f"unknown number {key}")
    if referral.decided_at is None:
        getattr(services, verdict)(referral.pk, by=CUSTOMS, words=body.decode())


@pytest.mark.django_db
def test_the_agency_decides_before_we_have_settled(agency: FakeAgency) -> None:
    registry.register_inbox_reader("customs", read_decision)

    def answer_early(key: str) -> None:
        stored = inbox.store("customs", "early", decide(key), "text/plain")
        assert inbox.process(stored.id) == "applied"

    agency.after_keeping = [answer_early]
    submission = handed_in()
    row = the_dispatch(submission)
    assert dispatch.run(row.pk) == "sent"
    referral = submission.referrals.get()
    assert referral.state == "accepted"
    assert referral.agency_number.startswith("EP")
    assert Submission.objects.get(pk=submission.pk).state == "accepted"


@pytest.mark.django_db
def test_the_agency_decides_twice_and_for_an_unknown_number(agency: FakeAgency) -> None:
    registry.register_inbox_reader("customs", read_decision)
    submission = handed_in()
    row = the_dispatch(submission)
    dispatch.run(row.pk)
    answers = [
        inbox.store("customs", str(number), decide(key), "text/plain")
        for number, key in enumerate([str(row.key), str(row.key), "0190163d-8694-739b-aea5-966c26f8ad90"])
    ]
    assert [inbox.process(a.id) for a in answers] == ["applied", "applied", "parked"]
    assert submission.transitions.filter(verb="referral.accept").count() == 1
    assert Submission.objects.get(pk=submission.pk).state == "accepted"


FAULTS: dict[str, Callable[[FakeAgency], None]] = {
    "down": lambda a: a.script.append(Unreachable("down")),
    "busy": lambda a: a.script.append(Later(1)),
    "slow, not arrived": lambda a: a.script.append(Unknown("timeout")),
    "slow, arrived": lambda a: a.after_keeping.append(lambda key: Unknown("timeout")),
    "mumbling, arrived": lambda a: a.after_keeping.append(lambda key: Malformed(200, "?")),
    "killed before": lambda a: a.script.append(die),
    "killed after": lambda a: a.after_keeping.append(die),
    "silent when asked": lambda a: a.ask_script.append(Unknown("timeout")),
    "down when asked": lambda a: a.ask_script.append(Unreachable("down")),
}


@pytest.mark.django_db
@hypothesis_settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.sampled_from(sorted(FAULTS)), max_size=8))
def test_whatever_goes_wrong_in_whatever_order(agency: FakeAgency, faults: list[str]) -> None:
    agency.__init__()  # type: ignore[misc] - one fixture, many examples
    submission = handed_in()
    row = the_dispatch(submission)
    for fault in faults:
        FAULTS[fault](agency)
    for _ in range(3 * len(faults) + 2):
        make_due(row)
        Line.objects.update(quiet_until=None)
        try:
            dispatch.run(row.pk)
        except Killed:
            continue
    arrived_once(agency, submission)


@pytest.mark.django_db(transaction=True)
def test_many_workers_with_one_dispatch_send_it_once(agency: FakeAgency) -> None:
    submission = handed_in()
    row = the_dispatch(submission)
    start = threading.Barrier(6, timeout=10)
    outcomes: list[str] = []

    def work() -> None:
        try:
            start.wait()
            outcomes.append(dispatch.run(row.pk))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(outcomes) == ["", "", "", "", "", "sent"]
    assert agency.delivered == [str(row.key)]
    assert agency.in_transaction == [False]
    arrived_once(agency, submission)


WORKER = """
import os, sys, signal, django
from pathlib import Path
django.setup()
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
from submissions import dispatch, registry
store, when = Path(sys.argv[3]), sys.argv[4]
class Agency:
    def deliver(self, key, body, content_type):
        if when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        with store.open("a") as file:
            file.write(key + "\\n")
        if when == "after":
            os.kill(os.getpid(), signal.SIGKILL)
registry.register_gateway("customs", "payload", Agency())
print(dispatch.run(sys.argv[2]))
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_worker_process_killed_for_real(when: str, tmp_path: Path, agency: FakeAgency) -> None:
    submission = handed_in()
    row = the_dispatch(submission)
    store = tmp_path / "agency"
    base = Path(__file__).resolve().parents[2]

    arguments = [connection.settings_dict["NAME"], str(row.pk), str(store), when]
    worker = subprocess.run(
        [sys.executable, "-c", WORKER, *arguments], cwd=base, capture_output=True, text=True,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "portal.settings"}, timeout=60, check=False,
    )  # fmt: skip
    assert worker.returncode == -signal.SIGKILL, worker.stderr
    row.refresh_from_db()
    assert row.state == "leased"
    assert row.leased_until is not None
    assert row.leased_until > timezone.now()
    for key in store.read_text().split() if store.exists() else []:
        agency.deliver(key, services.unseal_payload(submission), "application/xml")
    make_due(row)
    assert dispatch.run(row.pk) == "sent"
    assert agency.delivered == [str(row.key)]
    arrived_once(agency, submission)
    assert settings.AGENCY_TIMEOUT_SECONDS * 2 < dispatch.LEASE_SECONDS

"""What follows from each of the seven answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import Agency
from submissions import dispatch, registry, services, settle, sweep, switch
from submissions.gateways import (
    Accepted,
    AgencyProblem,
    Answer,
    Later,
    Malformed,
    Misconfigured,
    RefusedByAgency,
    Unknown,
    Unreachable,
)
from submissions.models import Attempt, Dispatch, Line, Referral, Submission
from tests.submissions.fake_agency import FakeAgency
from tests.submissions.makers import ALICE, a_company, an_agency, handed_in, make_due, the_dispatch
from trail.models import Entry

pytestmark = pytest.mark.django_db


def outcomes(row: Dispatch) -> list[str]:
    """The outcomes of its attempts in order."""
    return list(row.attempts.order_by("number").values_list("outcome", flat=True))


def wait_of(row: Dispatch) -> float:
    """Seconds until it is due."""
    return (Dispatch.objects.get(pk=row.pk).due_at - timezone.now()).total_seconds()


def test_accepted(agency: FakeAgency) -> None:
    submission = handed_in(payload=b"<x/>")
    row = the_dispatch(submission)
    assert dispatch.run(row.pk) == "sent"
    row.refresh_from_db()
    assert (row.state, row.lease, row.failure, row.attempts_made) == ("sent", None, "", 1)
    referral = submission.referrals.get()
    assert referral.state == "sent"
    assert referral.agency_number.startswith("EP")
    attempt = row.attempts.get()
    assert (attempt.outcome, attempt.answer_status, attempt.request_line) == (
        "accepted",
        202,
        "POST /messages",
    )
    assert attempt.request_sha256 == submission.payload_sha256
    assert attempt.ended_at is not None
    assert dispatch.run(row.pk) == ""
    assert len(agency.delivered) == 1


def test_refused_at_the_door_tells_every_problem(agency: FakeAgency) -> None:
    problems = (AgencyProblem("E1", "/a/b", "too long"), AgencyProblem("E2", "", "unknown sender"))
    agency.verdict = lambda key, body: RefusedByAgency(problems, 422, "{}")
    submission = handed_in()
    assert dispatch.run(the_dispatch(submission).pk) == "refused"
    referral = submission.referrals.get()
    assert referral.state == "refused"
    assert referral.words == "E1 /a/b: too long\nE2: unknown sender"
    row = Submission.objects.get(pk=submission.pk)
    assert row.state == "refused"
    assert row.decided_at is not None


def test_later_waits_as_long_as_asked(
    agency: FakeAgency, nudged: list[Any], commits: Callable[[], Any]
) -> None:
    agency.script = [Later(45)]
    row = the_dispatch(handed_in())
    with commits():
        assert dispatch.run(row.pk) == "put_off"
    assert wait_of(row) == pytest.approx(45, abs=2)
    assert nudged == [("dispatch", str(row.pk))]  # sooner than the sweep would come by
    assert dispatch.run(row.pk) == ""
    make_due(row)
    assert dispatch.run(row.pk) == "sent"
    assert agency.asked == []


def test_unreachable_backs_off_within_bounds(agency: FakeAgency) -> None:
    row = the_dispatch(handed_in())
    waits = []
    for _ in range(4):
        agency.script = [Unreachable("refused")]
        make_due(row)
        assert dispatch.run(row.pk) == "put_off"
        waits.append(wait_of(row))
    for tries, wait in enumerate(waits):
        assert 2 * 2**tries * 0.5 - 1 <= wait <= 2 * 2**tries + 1
    assert all(switch.back_off(n, 2, 600) <= 600 for n in range(0, 2000, 50))
    assert agency.asked == []  # it certainly did not arrive


@pytest.mark.parametrize("answer", [Unknown("timeout"), Malformed(200, "<html>")])
def test_unknown_is_asked_for_before_anything_is_sent_again(agency: FakeAgency, answer: Answer) -> None:
    agency.after_keeping = [lambda key: answer]
    row = the_dispatch(handed_in())
    assert dispatch.run(row.pk) == "put_off"
    make_due(row)
    assert dispatch.run(row.pk) == "sent"
    assert agency.delivered == [str(row.key)]
    assert agency.asked == [str(row.key)]
    assert outcomes(row) == [type(answer).__name__.lower(), "accepted"]


def test_unknown_and_never_arrived_is_sent_under_the_same_key(agency: FakeAgency) -> None:
    agency.script = [Unknown("timeout")]
    row = the_dispatch(handed_in())
    dispatch.run(row.pk)
    make_due(row)
    assert dispatch.run(row.pk) == "sent"
    assert agency.delivered == [str(row.key)] * 2
    assert outcomes(row) == ["unknown", "not_there", "accepted"]


@pytest.mark.parametrize("answer", [Unreachable("down"), Later(5), Unknown("timeout")])
def test_unknown_stays_unknown_until_the_question_is_answered(agency: FakeAgency, answer: Answer) -> None:
    agency.script = [Unknown("timeout")]
    agency.ask_script = [answer]
    row = the_dispatch(handed_in())
    for _ in range(2):
        dispatch.run(row.pk)
        make_due(row)
    assert len(agency.delivered) == 1
    dispatch.run(row.pk)
    assert len(agency.asked) == 2


def test_misconfigured_stops_the_agency_and_says_so(agency: FakeAgency) -> None:
    agency.script = [Misconfigured("401 bad signature", 401)]
    first, second = the_dispatch(handed_in()), the_dispatch(handed_in())
    assert dispatch.run(first.pk) == "stopped"
    first.refresh_from_db()
    assert (first.state, first.failure) == ("stopped", "misconfigured")
    closed = Agency.objects.get(code="customs")
    assert (closed.is_open, closed.stopped_because) == (False, "401 bad signature")
    assert Entry.objects.filter(action="agency.stop", object_id="customs").count() == 1
    assert dispatch.run(second.pk) == ""
    assert sweep.due_dispatches() == []
    assert not second.attempts.exists()
    # Put right: the queue goes by itself, what was stopped by hand.
    assert services.switch_agency("customs", is_open=True, by=ALICE)
    assert sweep.due_dispatches() == [second.pk]
    assert services.send_again([first.pk], by=ALICE).queued == (first.pk,)
    assert {dispatch.run(first.pk), dispatch.run(second.pk)} == {"sent"}
    assert len(agency.bodies) == 2


def test_switched_off_nothing_is_attempted_and_it_goes_when_switched_on(
    agency: FakeAgency, nudged: list[Any], commits: Callable[[], Any]
) -> None:
    row = the_dispatch(handed_in())
    assert services.switch_agency("customs", is_open=False, by=ALICE, because="maintenance")
    assert not services.switch_agency("customs", is_open=False, by=ALICE)
    assert dispatch.run(row.pk) == ""
    row.refresh_from_db()
    assert (row.state, row.attempts_made) == ("queued", 0)
    with commits():
        services.switch_agency("customs", is_open=True, by=ALICE)
    assert nudged == [("sweep", None)]
    assert dispatch.run(row.pk) == "sent"


def test_no_gateway_is_a_misconfiguration(agency: FakeAgency) -> None:
    registry._gateways.clear()
    row = the_dispatch(handed_in())
    assert dispatch.run(row.pk) == "stopped"
    assert not Agency.objects.get(code="customs").is_open


def test_a_gateway_that_raises_leaves_it_unknown(agency: FakeAgency) -> None:
    def fail(key: str) -> Answer:
        raise ZeroDivisionError

    agency.script = [fail]
    row = the_dispatch(handed_in())
    assert dispatch.run(row.pk) == "put_off"
    row.refresh_from_db()
    assert row.failure == "unknown"
    assert row.attempts.get().answer_body == "ZeroDivisionError"


def test_what_came_back_is_kept_up_to_64_kb(agency: FakeAgency) -> None:
    agency.verdict = lambda key, body: Accepted("1", 202, "\x00界" * 100_000)
    row = the_dispatch(handed_in())
    dispatch.run(row.pk)
    kept = row.attempts.get().answer_body
    assert kept.startswith("界界")
    assert len(kept.encode()) <= 64 * 1024


def test_poison_is_stopped_while_others_get_through(agency: FakeAgency) -> None:
    row = the_dispatch(handed_in())
    for turn in range(settle.INCONCLUSIVE_TRIES + 5):
        agency.script = [Malformed(200, "?")]
        make_due(row)
        if dispatch.run(row.pk) == "stopped":
            break
        assert turn < settle.INCONCLUSIVE_TRIES
        assert dispatch.run(the_dispatch(handed_in()).pk) == "sent" if not agency.script else True
    row.refresh_from_db()
    assert (row.state, row.failure) == ("stopped", "malformed")
    assert Agency.objects.get(code="customs").is_open


def test_an_agency_that_is_down_for_long_stops_nothing(agency: FakeAgency) -> None:
    row = the_dispatch(handed_in())
    for _ in range(30):
        agency.script, agency.ask_script = [Unknown("timeout")], [Unknown("timeout")]
        make_due(row)
        Line.objects.update(quiet_until=None)
        assert dispatch.run(row.pk) == "put_off"
    agency.script, agency.ask_script = [], []
    make_due(row)
    Line.objects.update(quiet_until=None)
    assert dispatch.run(row.pk) == "sent"


def test_a_broken_line_lets_one_probe_through(
    agency: FakeAgency, nudged: list[Any], commits: Callable[[], Any]
) -> None:
    rows = [the_dispatch(handed_in()) for _ in range(8)]
    agency.script = [Unreachable("down")] * switch.FAILURES_TO_BREAK
    for row in rows[:5]:
        dispatch.run(row.pk)
    assert sweep.due_dispatches() == []
    assert dispatch.run(rows[6].pk) == ""  # nobody tries while it is quiet
    Line.objects.update(quiet_until=timezone.now() - timedelta(seconds=1))
    assert len(sweep.due_dispatches()) == 1
    during: list[str] = []
    agency.script = [lambda key: during.append(dispatch.run(rows[7].pk))]
    with commits():
        assert dispatch.run(rows[6].pk) == "sent"
    assert during == [""]  # no second try while the probe is out
    assert len(agency.delivered) == 6
    assert ("sweep", None) in nudged
    assert Line.objects.get().failures == 0
    assert len(sweep.due_dispatches()) == 2


def test_the_sweep_is_fair_between_companies(agency: FakeAgency) -> None:
    big, small = a_company(), a_company()
    of_big = [the_dispatch(handed_in(company=big)).pk for _ in range(6)]
    of_small = [the_dispatch(handed_in(company=small)).pk for _ in range(2)]
    order = sweep.due_dispatches(limit=4)
    assert order == [of_big[0], of_small[0], of_big[1], of_small[1]]


def test_one_agency_does_not_stand_before_another(agency: FakeAgency) -> None:
    an_agency("tax")
    for _ in range(3):
        handed_in()
    tax = the_dispatch(handed_in(agencies=["tax"])).pk
    assert tax in sweep.due_dispatches(limit=1)


def test_never_inside_a_transaction(agency: FakeAgency) -> None:
    row = the_dispatch(handed_in())
    with transaction.atomic(), pytest.raises(RuntimeError):
        dispatch.run(row.pk)
    assert agency.delivered == []


def test_an_unknown_id_is_nothing_to_do(agency: FakeAgency) -> None:
    assert dispatch.run(UUID(int=7)) == ""
    assert not Attempt.objects.exists()
    assert not Referral.objects.exists()

"""Handing in: one transaction, a number at once, and a broker that may be gone."""

from __future__ import annotations

import hashlib
import socket
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction

from submissions import dispatch, nudge, selectors, services, sweep
from submissions.models import Change, Dispatch, DispatchState, Payload, Submission
from submissions.references import valid_reference
from tests.submissions.fake_agency import FakeAgency
from tests.submissions.makers import CLIENT, a_company, handed_in, the_dispatch
from trail.models import Entry

Commits = Callable[[], Any]


@pytest.mark.django_db
def test_everything_is_there_when_it_returns(nudged: list[Any], commits: Commits) -> None:
    party, company = a_company(), a_company()
    with commits():
        submission = handed_in(payload=b"<x/>", company=company, parties=[party.pk, company.pk])
        assert nudged == []  # nobody is woken before the commit
    assert submission.reference is not None
    assert valid_reference(submission.reference)
    assert submission.state == "in_progress"
    assert submission.payload_sha256 == hashlib.sha256(b"<x/>").hexdigest()
    assert submission.parties == [party.pk]
    assert services.unseal_payload(submission) == b"<x/>"
    assert b"<x/>" not in bytes(Payload.objects.get().sealed)
    assert nudged == [("dispatch", str(the_dispatch(submission).pk))]
    change = Change.objects.get(event="submission.submit")
    assert (change.agencies, change.parties) == (["customs"], sorted([company.pk, party.pk]))
    assert Entry.objects.filter(action="submission.submit", object_id=str(submission.pk)).count() == 1
    assert [row.verb for row in selectors.timeline(submission)] == ["submission.submit"]


@pytest.mark.django_db
def test_held_is_not_sent_until_released(agency: FakeAgency, nudged: list[Any], commits: Commits) -> None:
    submission = handed_in(hold=True)
    row = the_dispatch(submission)
    assert dispatch.run(row.pk) == ""
    assert sweep.due_dispatches() == []
    with commits():
        assert services.release_dispatch(submission.pk)
    assert nudged[-1] == ("dispatch", str(row.pk))
    assert not services.release_dispatch(submission.pk)
    assert dispatch.run(row.pk) == "sent"
    assert agency.delivered == [str(row.key)]


@pytest.mark.django_db
def test_an_unknown_agency_leaves_nothing() -> None:
    with pytest.raises(LookupError, match="nobody"):
        services.receive(
            kind="k", company=a_company(), by=CLIENT, channel="rest", payload=b"x",
            content_type="text/plain", title="", parties=[], agencies=["nobody"], hold=False,
        )  # fmt: skip
    assert not Submission.objects.exists()


@pytest.mark.django_db
def test_it_joins_the_transaction_of_the_caller() -> None:
    def fails_later() -> None:
        with transaction.atomic():
            handed_in()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails_later()
    assert not Submission.objects.exists()
    assert not Dispatch.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("dead", ["closed", "silent"])
def test_a_broker_that_is_gone_costs_two_seconds_at_most_and_loses_nothing(
    dead: str, real_broker: None, commits: Commits, monkeypatch: pytest.MonkeyPatch, agency: FakeAgency
) -> None:
    with socket.socket() as hole:
        hole.bind(("127.0.0.1", 0))
        if dead == "silent":
            hole.listen(1)  # takes the connection and never says a word
        monkeypatch.setattr(settings, "CELERY_BROKER_URL", f"redis://127.0.0.1:{hole.getsockname()[1]}/0")
        monkeypatch.setattr(nudge._silence, "until", 0.0)
        began = time.monotonic()
        with commits():
            rows = [handed_in() for _ in range(5)]
        took = time.monotonic() - began
    assert took < 2.5
    # The broker is back: the sweep finds every one of them.
    due = sweep.due_dispatches()
    assert set(due) == {the_dispatch(row).pk for row in rows}
    assert [dispatch.run(key) for key in due] == ["sent"] * 5


@pytest.mark.django_db
def test_after_the_silence_the_broker_is_tried_again(
    real_broker: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from submissions import tasks

    monkeypatch.setattr(settings, "CELERY_BROKER_URL", "memory://")
    monkeypatch.setattr(nudge._silence, "until", time.monotonic() + 60)
    assert not nudge.send(tasks.sweep)
    monkeypatch.setattr(nudge._silence, "until", 0.0)
    assert nudge.send(tasks.sweep)


@pytest.mark.django_db
def test_parties_are_widened_once() -> None:
    submission, party = handed_in(), a_company()
    assert services.widen_parties(submission.pk, [party.pk, submission.company_id])
    assert not services.widen_parties(submission.pk, [party.pk])
    assert Submission.objects.get(pk=submission.pk).parties == [party.pk]


@pytest.mark.django_db
def test_a_second_thing_for_the_agency_is_added_once(agency: FakeAgency) -> None:
    submission = handed_in()
    referral = submission.referrals.get()
    first = services.add_dispatch(referral, "opinion", b'{"a": 1}')
    assert services.add_dispatch(referral, "opinion", b'{"a": 2}').pk == first.pk
    assert dispatch.run(first.pk) == "sent"
    assert agency.bodies[str(first.key)] == b'{"a": 1}'
    referral.refresh_from_db()
    assert referral.state == "waiting"  # the opinion alone is not the submission
    assert Dispatch.objects.get(pk=first.pk).state == DispatchState.SENT

"""Send again: for one and for many."""

from __future__ import annotations

import pytest

from submissions import dispatch, services
from submissions.gateways import RefusedByAgency
from submissions.lifecycle import NotAllowed
from submissions.models import Submission
from tests.submissions.fake_agency import FakeAgency
from tests.submissions.makers import ALICE, CLIENT, handed_in, the_dispatch

pytestmark = pytest.mark.django_db


def test_after_a_refusal_at_the_door_under_a_new_key(agency: FakeAgency) -> None:
    good = agency.verdict
    agency.verdict = lambda key, body: RefusedByAgency((), 422)
    submission = handed_in()
    row = the_dispatch(submission)
    old_key = row.key
    dispatch.run(row.pk)
    agency.verdict = good
    assert services.send_again([row.pk], by=ALICE).queued == (row.pk,)
    assert Submission.objects.get(pk=submission.pk).state == "in_progress"
    assert Submission.objects.get(pk=submission.pk).decided_at is None
    assert dispatch.run(row.pk) == "sent"
    row.refresh_from_db()
    assert row.key != old_key
    assert submission.referrals.get().state == "sent"
    assert submission.referrals.get().words == ""


def test_what_was_sent_needs_a_reason_and_is_asked_for_first(agency: FakeAgency) -> None:
    row = the_dispatch(handed_in())
    dispatch.run(row.pk)
    with pytest.raises(ValueError, match="reason"):
        services.send_again([row.pk], by=ALICE)
    services.send_again([row.pk], by=ALICE, why="the agency says it never came")
    assert dispatch.run(row.pk) == "sent"
    assert (len(agency.delivered), len(agency.asked)) == (1, 1)
    agency.answers.clear()  # now it really has lost it
    agency.bodies.clear()
    services.send_again([row.pk], by=ALICE, why="the agency says it never came")
    assert dispatch.run(row.pk) == "sent"
    assert agency.delivered == [str(row.key)] * 2
    assert agency.doubled == []


def test_a_selection_tells_which_were_left(agency: FakeAgency) -> None:
    agency.verdict = lambda key, body: RefusedByAgency((), 422)
    refused = [the_dispatch(handed_in()).pk for _ in range(3)]
    for key in refused:
        dispatch.run(key)
    queued = the_dispatch(handed_in()).pk
    result = services.send_again([*refused, queued], by=ALICE)
    assert set(result.queued) == set(refused)
    assert result.left == (queued,)


def test_only_people_send_again(agency: FakeAgency) -> None:
    row = the_dispatch(handed_in())
    with pytest.raises(NotAllowed):
        services.send_again([row.pk], by=CLIENT)

"""Decisions of agencies that speak JSON: applied once, in any order, parked when they fit nothing."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from submissions import decisions, inbox
from submissions.models import InboxMessage, InboxState, Referral, ReferralState, Submission, SubmissionState
from tests.submissions.makers import an_agency, handed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def submission() -> Submission:
    return handed_in(agencies=("commerce", "tax"))


def say(agency: str, **content: Any) -> str:
    """The agency's message through the real inbox; what became of it."""
    body = json.dumps({"type": "decision"} | content).encode()
    stored = inbox.store(agency, uuid.uuid4().hex, body, "application/json")
    inbox.process(stored.id)
    return InboxMessage.objects.get(pk=stored.id).state


def state_of(submission: Submission, agency: str) -> str:
    return Referral.objects.get(submission=submission, agency__code=agency).state


def test_each_agency_decides_its_own_share(submission: Submission) -> None:
    assert (
        say("commerce", reference=submission.reference, verdict="accepted", number="C1") == InboxState.APPLIED
    )
    referral = Referral.objects.get(submission=submission, agency__code="commerce")
    assert (referral.state, referral.agency_number) == (ReferralState.ACCEPTED, "C1")
    assert state_of(submission, "tax") == ReferralState.WAITING
    submission.refresh_from_db()
    assert submission.state == SubmissionState.IN_PROGRESS
    say("tax", reference=submission.reference, verdict="accepted")
    submission.refresh_from_db()
    assert submission.state == SubmissionState.ACCEPTED


def test_everything_it_has_against_it_is_kept_in_its_words(submission: Submission) -> None:
    problems = [{"code": "a", "text": "first"}, {"code": "b", "text": "second"}]
    words = {"zh": "请补正", "en": "Please complete"}
    say("tax", reference=submission.reference, verdict="information", words=words, problems=problems)
    referral = Referral.objects.get(submission=submission, agency__code="tax")
    assert referral.state == ReferralState.INFORMATION_REQUESTED
    assert referral.words.splitlines() == ["请补正", "Please complete", "first", "second"]


def test_the_same_decision_twice_is_no_news(submission: Submission) -> None:
    for _ in range(2):
        assert say("tax", reference=submission.reference, verdict="refused") == InboxState.APPLIED
    rows = submission.transitions.filter(verb="referral.refuse")
    assert rows.count() == 1


def test_a_decision_that_comes_too_late_is_parked_with_its_reason(submission: Submission) -> None:
    say("tax", reference=submission.reference, verdict="refused")
    assert say("tax", reference=submission.reference, verdict="information") == InboxState.PARKED
    assert state_of(submission, "tax") == ReferralState.REFUSED


@pytest.mark.parametrize(
    "content",
    [
        {"reference": "TJ26-9999-9999-9", "verdict": "accepted"},
        {"verdict": "accepted"},
        {"reference": "TJ26-0000-0001-8", "verdict": "perhaps"},
        {"type": "gossip", "reference": "TJ26-0000-0001-8"},
    ],
)
def test_what_fits_nothing_is_parked(content: dict[str, Any]) -> None:
    an_agency("tax")
    assert say("tax", **content) == InboxState.PARKED


def test_no_agency_decides_for_another(submission: Submission) -> None:
    an_agency("bank")
    assert say("bank", reference=submission.reference, verdict="accepted") == InboxState.PARKED
    assert state_of(submission, "tax") == ReferralState.WAITING


def test_a_desk_may_read_types_of_its_own(submission: Submission, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decisions, "_types", {})
    read: list[str] = []
    decisions.register_type("tax", "comparison", lambda row, content: read.append(content["month"]))
    assert say("tax", type="comparison", month="2026-10") == InboxState.APPLIED
    assert read == ["2026-10"]

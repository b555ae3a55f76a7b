"""The joint state, over all combinations; and two decisions at the same moment."""

from __future__ import annotations

import threading
import time
from itertools import permutations, product

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from submissions import registry, services
from submissions.joint import joint_state, recompute
from submissions.models import Change, Notice, ReferralState, Submission, SubmissionState
from tests.submissions.fake_agency import FakeAgency
from tests.submissions.makers import CUSTOMS, handed_in

R, S = ReferralState, SubmissionState


def expected(states: list[str]) -> str:
    """The rule in other words, state by state."""
    if any(s == R.INFORMATION_REQUESTED for s in states):
        return S.ACTION_NEEDED
    if any(s in (R.WAITING, R.SENT) for s in states):
        return S.IN_PROGRESS
    accepted, refused = states.count(R.ACCEPTED), states.count(R.REFUSED)
    if accepted and refused:
        return S.PARTLY_ACCEPTED
    return S.ACCEPTED if accepted else S.REFUSED if refused else S.WITHDRAWN


def test_every_combination_of_five_referrals() -> None:
    combinations = [list(states) for states in product(R.values, repeat=5)]
    assert len(combinations) == len(R.values) ** 5
    assert [states for states in combinations if joint_state(states) != expected(states)] == []


@given(st.lists(st.sampled_from(R.values), min_size=1, max_size=4))
def test_the_order_does_not_matter(states: list[str]) -> None:
    assert len({joint_state(order) for order in permutations(states)}) == 1


def test_without_referrals_it_is_in_progress() -> None:
    assert joint_state([]) == S.IN_PROGRESS


@pytest.mark.django_db
def test_it_follows_the_referrals_and_tells_the_applicant() -> None:
    submission = handed_in(agencies=["customs", "tax"])
    customs, tax = submission.referrals.order_by("agency__code")
    services.ask_information(tax.pk, by=CUSTOMS, words="invoice missing")
    submission.refresh_from_db()
    assert submission.state == S.ACTION_NEEDED
    services.accept(customs.pk, by=CUSTOMS)
    services.refuse(tax.pk, by=CUSTOMS, words="no")
    submission.refresh_from_db()
    assert submission.state == S.PARTLY_ACCEPTED
    assert submission.decided_at is not None
    told = Notice.objects.filter(submission=submission).order_by("id").values_list("code", flat=True)
    assert list(told) == ["submission.action_needed", "submission.partly_accepted"]
    assert Change.objects.filter(submission=submission, event="submission.accept_partly").count() == 1


@pytest.mark.django_db
def test_a_kind_may_compute_its_own(agency: FakeAgency) -> None:
    registry.register_kind(
        registry.Kind("own-rule", "Own rule", joint_state=lambda ids: dict.fromkeys(ids, S.ACCEPTED))
    )
    rows = [handed_in(kind="own-rule"), handed_in(kind="own-rule"), handed_in()]
    assert recompute([row.pk for row in rows]) == 2
    assert recompute([row.pk for row in rows]) == 0
    states = {row.pk: Submission.objects.get(pk=row.pk).state for row in rows}
    assert list(states.values()) == [S.ACCEPTED, S.ACCEPTED, S.IN_PROGRESS]


@pytest.mark.django_db(transaction=True)
def test_two_agencies_decide_at_the_same_moment() -> None:
    submission = handed_in(agencies=["customs", "tax"])
    first, second = submission.referrals.all()
    decided = threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                services.accept(first.pk, by=CUSTOMS)
                decided.set()
                time.sleep(0.4)  # the other decides now, and cannot see this
        finally:
            connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    decided.wait(10)
    services.accept(second.pk, by=CUSTOMS)
    thread.join(20)
    assert Submission.objects.get(pk=submission.pk).state == S.ACCEPTED

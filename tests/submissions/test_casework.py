"""Officers: take, put back, reassign, decide."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from reference.problems import Refused
from submissions import selectors, sentences, services, tasks
from submissions.casework import TakenByAnother
from submissions.lifecycle import WrongState
from submissions.models import Referral, Submission, Transition
from tests.submissions.makers import ALICE, OFFICER, an_agency, an_officer, handed_in
from trail.actors import Actor
from trail.models import Entry

pytestmark = pytest.mark.django_db


def test_one_takes_it_the_other_is_told() -> None:
    referral, first, second = handed_in().referrals.get(), an_officer(), an_officer()
    services.take(referral.pk, first, by=OFFICER)
    services.take(referral.pk, first, by=OFFICER)
    with pytest.raises(TakenByAnother):
        services.take(referral.pk, second, by=OFFICER)
    with pytest.raises(TakenByAnother):
        services.put_back(referral.pk, second, by=OFFICER)
    with pytest.raises(TakenByAnother):
        services.refuse(referral.pk, by=OFFICER, words="no", officer=second)
    services.put_back(referral.pk, first, by=OFFICER, why="on leave")
    services.take(referral.pk, second, by=OFFICER)
    assert Entry.objects.filter(action="referral.take").count() == 3


def test_what_was_taken_and_forgotten_is_free_again() -> None:
    referral, first, second = handed_in().referrals.get(), an_officer(), an_officer()
    services.take(referral.pk, first, by=OFFICER)
    Referral.objects.update(taken_until=timezone.now() - timedelta(seconds=1))
    services.take(referral.pk, second, by=OFFICER)
    assert Referral.objects.get().taken_by == second


def test_a_supervisor_gives_it_to_another() -> None:
    referral, first, second = handed_in().referrals.get(), an_officer(), an_officer()
    services.take(referral.pk, first, by=OFFICER)
    services.reassign(referral.pk, second, by=OFFICER, why="load")
    assert Referral.objects.get().taken_by == second


def test_no_case_leaves_its_agency_by_reassigning() -> None:
    referral, first = handed_in().referrals.get(), an_officer()
    services.take(referral.pk, first, by=OFFICER)
    viewer, stranger = an_officer(), an_officer()
    viewer.memberships.update(role="agency_viewer")
    stranger.memberships.update(agency=an_agency("police"))
    for other in (viewer, stranger):
        with pytest.raises(Refused):
            services.reassign(referral.pk, other, by=OFFICER, why="load")
    assert Referral.objects.get().taken_by == first


def test_a_decision_frees_it_and_comes_only_once() -> None:
    submission = handed_in()
    referral, officer = submission.referrals.get(), an_officer()
    services.take(referral.pk, officer, by=OFFICER)
    services.accept(referral.pk, by=OFFICER, words="in order", number="N1", officer=officer)
    referral.refresh_from_db()
    assert (referral.state, referral.taken_by, referral.agency_number) == ("accepted", None, "N1")
    with pytest.raises(WrongState):
        services.refuse(referral.pk, by=OFFICER, words="after all not")
    with pytest.raises(WrongState):
        services.take(referral.pk, officer, by=OFFICER)


def test_information_asked_and_given() -> None:
    submission = handed_in()
    referral = submission.referrals.get()
    services.ask_information(referral.pk, by=OFFICER, words="invoice, contract")
    assert Submission.objects.get().state == "action_needed"
    services.give_information(referral.pk, by=ALICE)
    assert Submission.objects.get().state == "in_progress"
    verbs = [row.verb for row in selectors.timeline(submission)]
    assert verbs == [
        "submission.submit", "referral.ask_information", "submission.ask",
        "referral.give_information", "submission.carry_on",
    ]  # fmt: skip


def test_a_lease_that_ran_out_goes_back_by_itself_and_history_says_so() -> None:
    forgotten, worked_on, decided = (handed_in().referrals.get() for _ in range(3))
    for row in (forgotten, worked_on):
        services.take(row.pk, an_officer(), by=OFFICER)
    Referral.objects.filter(pk=forgotten.pk).update(taken_until=timezone.now() - timedelta(seconds=1))
    services.accept(decided.pk, by=OFFICER)
    tasks.sweep()
    tasks.sweep()
    forgotten.refresh_from_db()
    worked_on.refresh_from_db()
    assert (forgotten.taken_by, forgotten.taken_until) == (None, None)
    assert worked_on.taken_by is not None
    gone = Transition.objects.filter(verb="referral.lease_ran_out")
    assert [(row.referral_id, row.actor_kind) for row in gone] == [(forgotten.pk, "system")]


def test_the_applicant_reads_the_agency_not_the_officer() -> None:
    referral, user = handed_in().referrals.get(), an_officer()
    by = Actor("person", str(user.pk), "Olga Official", referral.agency.name_zh)
    services.take(referral.pk, user, by=by)
    services.refuse(referral.pk, by=by, words="no", officer=user)
    rows = selectors.timeline(referral.submission)
    told = sentences.lines(rows, near=True, operates=False)
    assert "Olga" not in str(told)
    assert [line.actor for line in told[-2:]] == [referral.agency.display_name] * 2
    assert not any("officer" in line.sentence for line in told)
    assert "Olga" in str(sentences.lines(rows, near=True, operates=True))

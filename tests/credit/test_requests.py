"""Objection and repair: who may ask when, whom it reaches, and what the decisions do to the record."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Company
from accounts.principals import principal_of_user
from credit import credit_china, selectors
from credit.clocks import clock, clocks
from credit.models import Fact
from credit.requests import OBJECTION, REPAIR, key_of
from credit.windows import add_months
from reference.problems import Refused
from submissions import dispatch, registry
from submissions import services as casework
from submissions.admin_queue import waiting_count
from submissions.definitions import filling
from submissions.definitions.access import the_definition
from submissions.models import Dispatch, Referral, Submission
from tests.accounts.factories import a_company, a_member, an_agency, an_official
from tests.credit.situations import a_fact
from tests.submissions.definitions.world import PDF
from tests.submissions.fake_agency import FakeAgency
from trail.actors import Actor

pytestmark = pytest.mark.django_db
LOGIN = "allauth.account.auth_backends.AuthenticationBackend"
ALICE = Actor("person", "1", "alice")
CHINA = Actor("agency", "credit-china", "Credit China")


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    monkeypatch.setattr("submissions.nudge.send", lambda *args, **kwargs: False)
    an_agency(credit_china.AGENCY)


def repairable(**more: Any) -> Fact:
    """General, and four months old."""
    return a_fact(ruled_on=add_months(timezone.localdate(), -4), **more)


def answers(kind: str, fact: Fact, **changed: Any) -> dict[str, Any]:
    given = {"record": key_of(fact), "words": "It was not us."}
    return given | ({"done_on": "2026-06-01"} if kind == REPAIR else {}) | changed


def asked(kind: str, fact: Fact, *, company: Company | None = None, **changed: Any) -> Submission:
    papers = [("proof", PDF)] if kind == REPAIR else []
    return filling.receive(
        the_definition(kind), company or fact.company, answers(kind, fact, **changed), papers, by=ALICE
    )


def case_of(submission: Submission, agency: str) -> Referral:
    return Referral.objects.get(submission=submission, agency__code=agency)


def decide(submission: Submission, verb: str, fact: Fact) -> None:
    officer = an_official(fact.agency)
    by = principal_of_user(officer).actor
    referral = case_of(submission, fact.agency.code)
    getattr(casework, verb)(referral.pk, by=by, words="checked", officer=officer)


def row_of(fact: Fact) -> selectors.Row:
    row = selectors.fact_of(fact.company, fact.pk, timezone.localdate())
    assert row is not None
    return row


def page_of(fact: Fact) -> str:
    client = Client(headers={"accept-language": "en"})
    return client.get(reverse("credit_public", args=[fact.company.uscc])).content.decode()


def codes(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {one.code for one in refused.value.problems}


# --- objection --------------------------------------------------------------------------------------------


def test_an_objection_lies_before_the_source_agency_alone_and_the_public_page_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fake = FakeAgency()
    monkeypatch.setitem(registry._gateways, ("customs", "payload", OBJECTION), fake)
    fact = repairable()
    made = asked(OBJECTION, fact)
    assert dispatch.run(Dispatch.objects.get().pk) == "sent"
    share = json.loads(next(iter(fake.bodies.values())))
    assert share["form"] == {"record": f"customs/{fact.record_no}", "words": "It was not us."}
    assert (made.reference is not None, made.title) == (True, fact.document_no)
    assert Referral.objects.get(submission=made).agency == fact.agency
    assert waiting_count(principal_of_user(an_official(fact.agency))) == 1
    assert row_of(fact).is_public
    assert "under objection" in page_of(fact)


def test_upheld_the_record_is_withdrawn_and_still_there_for_its_subject() -> None:
    fact = repairable()
    made = asked(OBJECTION, fact)
    decide(made, "accept", fact)
    made.refresh_from_db()
    assert made.state == "accepted"
    assert (row_of(fact).state, row_of(fact).public_until) == ("withdrawn", None)
    assert fact.document_no not in page_of(fact)
    assert selectors.standing(fact.company, timezone.localdate()).score == 100
    assert Fact.objects.filter(pk=fact.pk).exists()


def test_not_upheld_it_stands_and_may_be_objected_to_anew() -> None:
    fact = repairable()
    decide(asked(OBJECTION, fact), "refuse", fact)
    assert row_of(fact).state == "public"
    assert "under objection" not in page_of(fact)
    asked(OBJECTION, fact)
    assert row_of(fact).state == "disputed"


def test_one_objection_at_a_time() -> None:
    fact = repairable()
    asked(OBJECTION, fact)
    with pytest.raises(Refused) as refused:
        asked(OBJECTION, fact)
    assert codes(refused) == {"request.objection"}
    assert Submission.objects.count() == 1


def test_of_two_drafts_about_one_record_the_second_is_refused_when_it_is_handed_in() -> None:
    fact = repairable()
    first, second = (
        filling.begin(the_definition(OBJECTION), fact.company, by=ALICE, raw=answers(OBJECTION, fact))
        for _ in range(2)
    )
    filling.hand_in(first, by=ALICE)
    with pytest.raises(Refused):
        filling.hand_in(second, by=ALICE)
    second.refresh_from_db()
    assert second.state == "draft"


def test_taken_back_before_it_went_it_leaves_nothing_pending() -> None:
    fact = repairable()
    made = asked(OBJECTION, fact)
    casework.withdraw(made.pk, by=ALICE)
    assert row_of(fact).state == "public"


# --- repair -----------------------------------------------------------------------------------------------


def test_the_clocks_of_the_law_are_dated_data_with_their_source() -> None:
    assert (clock("feedback").working_days, clock("decision").working_days) == (10, 3)
    assert all(one.source and one.standing for one in clocks())
    with pytest.raises(LookupError):
        clock("feedback", timezone.localdate().replace(year=2024))


def test_repair_is_refused_a_day_too_early_and_accepted_on_the_day() -> None:
    today = timezone.localdate()
    day = next(d for n in range(85, 95) if add_months(d := today - timedelta(days=n), 3) <= today)
    early = a_fact(ruled_on=day + timedelta(days=3))
    with pytest.raises(Refused) as refused:
        asked(REPAIR, early)
    assert codes(refused) == {"request.too_early"}
    assert asked(REPAIR, a_fact(ruled_on=day)).reference


def test_everything_that_is_missing_is_said_at_once() -> None:
    fact = a_fact(ruled_on=timezone.localdate())
    with pytest.raises(Refused) as refused:
        filling.receive(the_definition(REPAIR), fact.company, {"record": key_of(fact)}, [], by=ALICE)
    found = {(one.code, one.path) for one in refused.value.problems}
    assert ("request.too_early", "/record") in found
    assert {path for _code, path in found} == {"/record", "/done_on", "/words", "/papers/proof"}


def test_a_repair_enters_through_credit_china_and_is_decided_by_the_source_agency() -> None:
    fact = repairable()
    made = asked(REPAIR, fact)
    assert {row.agency.code for row in made.referrals.all()} == {"credit-china", "customs"}
    with pytest.raises(Refused):
        asked(REPAIR, fact)
    assert row_of(fact).known.asks_repair


def test_granted_publication_ends_here_at_once_and_credit_china_is_told(monkeypatch: Any) -> None:
    fake = FakeAgency()
    for what in ("payload", "outcome"):
        monkeypatch.setitem(registry._gateways, ("credit-china", what, ""), fake)
    fact = repairable()
    before = selectors.standing(fact.company, timezone.localdate()).score
    made = asked(REPAIR, fact)
    payload = Dispatch.objects.get(referral=case_of(made, "credit-china"))
    assert dispatch.run(payload.pk) == "sent"
    decide(made, "accept", fact)
    row = row_of(fact)
    assert (row.state, row.is_public, row.public_until) == ("repaired", False, timezone.localdate())
    assert fact.document_no not in page_of(fact)
    assert selectors.standing(fact.company, timezone.localdate()).score > before
    made.refresh_from_db()
    assert made.state == "in_progress"  # Credit China has still to end it on its own site
    told = Dispatch.objects.get(referral=case_of(made, "credit-china"), what="outcome")
    assert dispatch.run(told.pk) == "sent"
    body = json.loads(list(fake.bodies.values())[-1])
    assert (body["reference"], body["outcome"], body["record_no"]) == (
        made.reference, "granted", fact.record_no,
    )  # fmt: skip
    casework.accept(case_of(made, "credit-china").pk, by=CHINA, words="ended", number="XY-1")
    made.refresh_from_db()
    assert made.state == "accepted"
    assert Fact.objects.get(pk=fact.pk).events.filter(verb="repair").count() == 1


def test_both_clocks_run_from_the_day_each_agency_has_it() -> None:
    fact = repairable()
    made = asked(REPAIR, fact)
    from reference.calendar import add_working_days
    from submissions.lifecycle import REFERRAL, advance
    from trail.actors import SYSTEM

    advance(REFERRAL, [row.pk for row in made.referrals.all()], "send", by=SYSTEM)
    due = {row.agency.code: timezone.localdate(row.due_at) for row in made.referrals.all() if row.due_at}
    today = timezone.localdate()
    assert due == {"customs": add_working_days(today, 3), "credit-china": add_working_days(today, 10)}


def test_credit_chinas_answer_alone_moves_no_record() -> None:
    fact = repairable()
    made = asked(REPAIR, fact)
    casework.accept(case_of(made, "credit-china").pk, by=CHINA, words="ended")
    assert (row_of(fact).state, row_of(fact).known.asks_repair) == ("public", True)


def test_a_refused_repair_changes_nothing_and_may_be_asked_again() -> None:
    fact = repairable()
    made = asked(REPAIR, fact)
    decide(made, "refuse", fact)
    assert row_of(fact).is_public
    assert row_of(fact).repair_open
    assert Dispatch.objects.filter(referral=case_of(made, "credit-china"), what="outcome").exists()


def test_both_at_once_upheld_first_wins() -> None:
    fact = repairable()
    objection, repair = asked(OBJECTION, fact), asked(REPAIR, fact)
    decide(objection, "accept", fact)
    decide(repair, "accept", fact)
    assert row_of(fact).state == "withdrawn"


# --- whose records ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [OBJECTION, REPAIR])
def test_nobody_asks_about_another_companys_record(kind: str) -> None:
    fact, stranger = repairable(), a_company()
    with pytest.raises(Refused) as refused:
        asked(kind, fact, company=stranger)
    assert "/record" in {one.path for one in refused.value.problems}
    client = Client()
    client.force_login(a_member(stranger), backend=LOGIN)
    for name in ("credit_object", "credit_repair"):
        assert client.post(reverse(name, args=[fact.pk])).status_code == 404
    assert not Submission.objects.exists()


def test_a_company_objects_on_its_page_and_an_official_upholds_it_on_the_desk() -> None:
    fact = repairable()
    alice, olga = Client(headers={"accept-language": "en"}), Client(headers={"accept-language": "en"})
    alice.force_login(a_member(fact.company), backend=LOGIN)
    officer = an_official(fact.agency)
    officer.is_staff = True
    officer.save()
    olga.force_login(officer, backend=LOGIN)
    url = reverse("credit_object", args=[fact.pk])
    assert url in alice.get(reverse("credit_own")).content.decode()
    form = alice.post(url)["Location"]
    assert alice.post(url)["Location"] == form  # the draft begun before is gone on with
    assert fact.document_no in alice.get(form).content.decode()
    draft = Submission.objects.get()
    alice.post(
        form, {"f-record": key_of(fact), "f-words": "It was not us.", "version": str(draft.draft_version)}
    )
    draft.refresh_from_db()
    alice.post(reverse("draft_hand_in", args=[draft.pk]), {"version": str(draft.draft_version)})
    case = Referral.objects.get()
    page = olga.get(reverse("admin:case", args=[case.pk])).content.decode()
    assert "It was not us." in page
    assert fact.words_en in page
    olga.post(reverse("admin:case_take", args=[case.pk]))
    olga.post(reverse("admin:case_accept", args=[case.pk]), {"words": "You are right."})
    assert row_of(fact).state == "withdrawn"

"""Objection and repair: who may ask when, and what the agency's decision does to the record."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.principals import principal_of_user
from credit import selectors
from credit.models import Fact
from credit.requests import OBJECTION, REPAIR, lodge
from credit.windows import add_months
from reference.problems import Refused
from submissions import services as casework
from submissions.admin_queue import waiting_count
from submissions.lifecycle import WrongState
from submissions.models import Referral, Submission
from tests.accounts.factories import TESTER, a_company, a_member, an_official
from tests.credit.situations import a_fact
from trail.actors import Actor

pytestmark = pytest.mark.django_db
LOGIN = "allauth.account.auth_backends.AuthenticationBackend"
ALICE = Actor("person", "1", "alice")


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


def repairable() -> Fact:
    """General, and four months old."""
    return a_fact(ruled_on=add_months(timezone.localdate(), -4))


def asked(kind: str, fact: Fact) -> Submission:
    return lodge(kind, company=fact.company, fact_id=fact.pk, words="It was not us.", by=ALICE)


def decide(submission: Submission, verb: str, fact: Fact) -> None:
    referral = Referral.objects.get(submission=submission)
    officer = an_official(fact.agency)
    getattr(casework, verb)(
        referral.pk, by=principal_of_user(officer).actor, words="checked", officer=officer
    )


def row_of(fact: Fact) -> selectors.Row:
    row = selectors.fact_of(fact.company, fact.pk, timezone.localdate())
    assert row is not None
    return row


def page_of(fact: Fact) -> str:
    client = Client(headers={"accept-language": "en"})
    return client.get(reverse("credit_public", args=[fact.company.uscc])).content.decode()


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [one.code for one in refused.value.problems]


def test_an_objection_lies_before_the_source_agency_and_the_public_page_says_so() -> None:
    fact = repairable()
    made = asked(OBJECTION, fact)
    assert made.reference
    assert Referral.objects.get(submission=made).agency == fact.agency
    assert Referral.objects.get(submission=made).state == "sent"
    assert waiting_count(principal_of_user(an_official(fact.agency))) == 1
    assert row_of(fact).is_public
    assert "under objection" in page_of(fact)


def test_upheld_the_record_is_withdrawn_and_still_there_for_its_subject() -> None:
    fact = repairable()
    made = asked(OBJECTION, fact)
    decide(made, "accept", fact)
    made.refresh_from_db()
    assert made.state == "accepted"
    assert row_of(fact).state == "withdrawn"
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
    assert codes(refused) == ["request.objection"]
    assert Submission.objects.count() == 1


def test_repair_is_refused_a_day_too_early_and_accepted_on_the_day() -> None:
    today = timezone.localdate()
    day = next(d for n in range(85, 95) if add_months(d := today - timedelta(days=n), 3) <= today)
    early = a_fact(ruled_on=day + timedelta(days=3))
    with pytest.raises(Refused) as refused:
        asked(REPAIR, early)
    assert codes(refused) == ["request.too_early"]
    assert asked(REPAIR, a_fact(ruled_on=day)).reference


def test_a_granted_repair_ends_publication_at_once_and_the_score_follows_the_formula() -> None:
    fact = repairable()
    before = selectors.standing(fact.company, timezone.localdate()).score
    made = asked(REPAIR, fact)
    assert row_of(fact).is_public
    with pytest.raises(Refused):
        asked(REPAIR, fact)
    decide(made, "accept", fact)
    assert not row_of(fact).is_public
    assert row_of(fact).state == "repaired"
    assert fact.document_no not in page_of(fact)
    assert selectors.standing(fact.company, timezone.localdate()).score > before


def test_a_refused_repair_changes_nothing_and_may_be_asked_again() -> None:
    fact = repairable()
    decide(asked(REPAIR, fact), "refuse", fact)
    assert row_of(fact).is_public
    assert row_of(fact).repair_open


def test_both_at_once_upheld_first_wins() -> None:
    fact = repairable()
    objection, repair = asked(OBJECTION, fact), asked(REPAIR, fact)
    decide(objection, "accept", fact)
    decide(repair, "accept", fact)
    assert row_of(fact).state == "withdrawn"


def test_what_lies_before_officials_is_not_taken_back_unseen() -> None:
    """No dispatch is left to cancel; taking back works while nobody has decided."""
    fact = repairable()
    made = asked(OBJECTION, fact)
    casework.withdraw(made.pk, by=ALICE)
    assert row_of(fact).state == "public"
    with pytest.raises(WrongState):
        decide(made, "accept", fact)


def test_words_are_needed_and_everything_is_said_at_once() -> None:
    fact = a_fact(ruled_on=timezone.localdate())
    with pytest.raises(Refused) as refused:
        lodge(REPAIR, company=fact.company, fact_id=fact.pk, words=" ", by=ALICE)
    assert codes(refused) == ["request.words", "request.too_early"]


def test_nobody_objects_for_another_company() -> None:
    fact = repairable()
    with pytest.raises(Fact.DoesNotExist):
        lodge(OBJECTION, company=a_company(), fact_id=fact.pk, words="x", by=TESTER)
    client = Client()
    client.force_login(a_member(a_company()), backend=LOGIN)
    for name in ("credit_object", "credit_repair"):
        assert client.post(reverse(name, args=[fact.pk]), {"words": "x"}).status_code == 404
    assert Submission.objects.count() == 0


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
    assert alice.post(url, {"words": ""}).status_code == 422
    assert alice.post(url, {"words": "It was not us."}).status_code == 302
    case = Referral.objects.get()
    assert "It was not us." in olga.get(reverse("admin:case", args=[case.pk])).content.decode()
    olga.post(reverse("admin:case_take", args=[case.pk]))
    olga.post(reverse("admin:case_accept", args=[case.pk]), {"words": "You are right."})
    assert row_of(fact).state == "withdrawn"
    assert alice.get(url).status_code == 200

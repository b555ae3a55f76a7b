"""An official names fields and papers with words to each; the applicant may change those and no other."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from submissions import lifecycle
from submissions.definitions import information
from submissions.models import InformationRequest, Referral, Submission
from tests.accounts import factories as people
from tests.submissions.definitions.throwaway import PDF, referral_of
from trail.actors import SYSTEM


@pytest.fixture
def case(handed_in: Submission) -> Referral:
    """Tax has its share."""
    found: Referral = referral_of(handed_in, "tax")
    lifecycle.advance(lifecycle.REFERRAL, [found.pk], "send", by=SYSTEM)
    found.refresh_from_db()
    return found


@pytest.fixture
def official(case: Referral) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(
        people.an_official(case.agency), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    return client


def ask(official: Client, case: Referral, **data: Any) -> Any:
    return official.post(reverse("admin:case_ask_information", args=[case.pk]), data)


def the_question(case: Referral) -> InformationRequest:
    found = information.open_request(Referral.objects.get(pk=case.pk))
    assert found is not None
    return found


def place_of(official: Client, case: Referral, path: str) -> int:
    """The number of that place on the page."""
    page = official.get(reverse("admin:case_ask_information", args=[case.pk]))
    return [place.path for place in page.context["form"].places].index(path)


def test_the_page_offers_what_this_agency_got_and_nothing_else(official: Client, case: Referral) -> None:
    page = official.get(reverse("admin:case_ask_information", args=[case.pk]))
    paths = {place.path for place in page.context["form"].places}
    assert {"/money", "/text", "/papers/deed", "/papers/photo"} <= paths
    assert "/phone" not in paths
    assert "CNY 12.50" in page.content.decode()


def test_words_to_a_field_name_it_and_only_that_may_be_changed(
    official: Client, alice: Client, case: Referral
) -> None:
    number = place_of(official, case, "/money")
    went = ask(
        official, case, words="Two things.", chosen=["/choice"], **{f"said_{number}": "Too little, it seems."}
    )
    assert went.status_code == 302
    question = the_question(case)
    assert question.problems == [
        {"code": "official.asks", "path": "/choice", "text": ""},
        {"code": "official.asks", "path": "/money", "text": "Too little, it seems."},
    ]
    address = reverse("information_answer", args=[case.submission.reference, question.pk])
    page = alice.get(address).content.decode()
    assert "Too little, it seems." in page
    assert "f-money" in page
    assert "f-choice" in page
    assert "f-text" not in page
    alice.post(address, {"f-money": "13", "f-choice": "b", "f-text": "Smuggled"})
    assert information.values_for(case.submission, "tax")["text"] == "A firm"
    assert information.values_for(case.submission, "tax")["money"] in ("13", "13.00")


def test_a_paper_alone_is_asked_for_and_no_field_opens(
    official: Client, alice: Client, case: Referral
) -> None:
    number = place_of(official, case, "/papers/deed")
    ask(official, case, words="The deed.", **{f"said_{number}": "Page 2 cannot be read."})
    question = the_question(case)
    assert information.fields_of(question) == []
    address = reverse("information_answer", args=[case.submission.reference, question.pk])
    page = alice.get(address).content.decode()
    assert "Page 2 cannot be read." in page
    assert "What may be changed" not in page
    paper = reverse("information_paper", args=[case.submission.reference, question.pk, "deed"])
    alice.post(paper, {"file": SimpleUploadedFile("deed.pdf", PDF + b"\n%%EOF\n")})
    assert alice.post(address, {}).status_code == 302
    case.refresh_from_db()
    assert case.state == "sent"


def test_a_place_of_another_agency_is_refused_and_the_words_stay(official: Client, case: Referral) -> None:
    number = place_of(official, case, "/money")
    answer = ask(official, case, words="", chosen=["/phone"], **{f"said_{number}": "Kept."})
    assert answer.status_code == 400
    assert "Kept." in answer.content.decode()
    assert not InformationRequest.objects.exists()

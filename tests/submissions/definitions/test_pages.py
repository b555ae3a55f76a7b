"""The pages of a form, as people meet them."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import Company
from submissions import services
from submissions.definitions import filling
from submissions.definitions.definition import ServiceDefinition
from submissions.models import Submission, SubmissionState
from tests.accounts import factories as people
from tests.submissions.definitions.throwaway import ANSWERS, PDF, referral_of
from trail.actors import Actor

HTMX = {"HX-Request": "true"}


def posted(raw: dict[str, Any], version: int, **more: Any) -> dict[str, Any]:
    return {f"f-{code}": value for code, value in raw.items()} | {"version": version} | more


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_begin_fill_in_check_and_hand_in(service: ServiceDefinition, alice: Client, company: Company) -> None:
    assert company.name in text(alice.get(reverse("apply", args=[service.code])))
    went = alice.post(reverse("apply", args=[service.code]), {"company": company.pk})
    draft = Submission.objects.get()
    assert went.headers["Location"] == reverse("draft", args=[draft.pk])
    saved = alice.post(reverse("draft", args=[draft.pk]), posted(ANSWERS, 0), headers=HTMX)
    assert 'name="version" value="1"' in text(saved)
    check = reverse("draft_check", args=[draft.pk])
    button = reverse("draft_hand_in", args=[draft.pk])
    assert "#paper-deed" in text(alice.get(check))
    assert button not in text(alice.get(check))
    file = SimpleUploadedFile("../../evil.pdf", PDF)
    assert alice.post(reverse("draft_paper", args=[draft.pk, "deed"]), {"file": file}).status_code == 302
    page = text(alice.get(check))
    assert "Word X, Word Z" in page
    assert "evil" not in page
    assert button in page
    went = alice.post(reverse("draft_hand_in", args=[draft.pk]), {"version": 1})
    draft.refresh_from_db()
    assert went.headers["Location"] == reverse("submission", args=[draft.reference])
    page = text(alice.get(went.headers["Location"]))
    assert "looks" in page
    assert "counts" in page
    assert "120****0001" in page
    assert "12000000001" not in page


def test_the_second_click_finds_it_handed_in(draft: Submission, alice: Client) -> None:
    address, given = reverse("draft_hand_in", args=[draft.pk]), {"version": draft.draft_version}
    first, second = alice.post(address, given), alice.post(address, given)
    assert first.headers["Location"] == second.headers["Location"]
    assert Submission.objects.count() == 1


def test_another_tab_is_told_and_overwrites_nothing(draft: Submission, alice: Client) -> None:
    address = reverse("draft", args=[draft.pk])
    alice.post(address, posted(ANSWERS | {"text": "First"}, 0), headers=HTMX)
    told = alice.post(address, posted(ANSWERS | {"text": "Second"}, 0), headers=HTMX)
    assert "changed in another window" in text(told)
    whole = alice.post(address, posted(ANSWERS | {"text": "Second"}, 0))
    assert whole.status_code == 409
    assert "Second" in text(whole)
    draft.refresh_from_db()
    assert filling.raw_of(draft.kind, draft.draft)["text"] == "First"


def test_what_was_looked_at_is_what_is_handed_in(draft: Submission, alice: Client) -> None:
    alice.post(reverse("draft", args=[draft.pk]), posted(ANSWERS | {"text": "New"}, 0), headers=HTMX)
    alice.post(reverse("draft_hand_in", args=[draft.pk]), {"version": 0})
    draft.refresh_from_db()
    assert draft.state == SubmissionState.DRAFT


def test_every_problem_leads_to_its_field(draft: Submission, alice: Client) -> None:
    alice.post(reverse("draft", args=[draft.pk]), posted(ANSWERS | {"text": "", "day": "soon"}, 0))
    page = text(alice.get(reverse("draft_check", args=[draft.pk])))
    assert "#id_f-text" in page
    assert "#id_f-day" in page
    form = text(alice.get(reverse("draft", args=[draft.pk]) + "?look=1"))
    assert 'id="id_f-day"' in form
    assert "soon" in form
    assert "This is not a date" in form


def test_the_workbench_leads_to_the_draft(draft: Submission, alice: Client) -> None:
    assert reverse("draft", args=[draft.pk]) in text(alice.get(reverse("workbench") + "?tab=action"))


def test_the_answer_to_an_agency(handed_in: Submission, alice: Client) -> None:
    case = referral_of(handed_in, "tax")
    services.ask_information(case.pk, by=Actor("agency", "tax", "Tax"), words="How much?")
    page = text(alice.get(reverse("submission", args=[handed_in.reference])))
    address = reverse("information_answer", args=[handed_in.reference, case.information_requests.get().pk])
    assert address in page
    assert "How much?" in page
    assert "f-money" in text(alice.get(address))
    assert "f-phone" not in text(alice.get(address))
    assert alice.post(address, {"f-money": "much"}).status_code == 422
    assert alice.post(address, {"f-money": "13"}).status_code == 302
    case.refresh_from_db()
    assert case.state == "sent"
    assert alice.get(address).status_code == 302


def test_an_official_sees_their_own_fields_alone(handed_in: Submission) -> None:
    case = referral_of(handed_in, "tax")
    client = Client(headers={"accept-language": "en"})
    client.force_login(
        people.an_official(case.agency), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    page = text(client.get(reverse("admin:case", args=[case.pk])))
    assert "CNY 12.50" in page
    assert "12000000001" not in page
    assert "Phone" not in page
    page = text(client.get(reverse("submission", args=[handed_in.reference])))
    assert "CNY 12.50" in page
    assert "Phone" not in page
    assert "looks" not in page


def test_the_certificate_comes_with_the_last_decision(handed_in: Submission, alice: Client) -> None:
    address = reverse("service_certificate", args=[handed_in.reference])
    assert alice.get(address).status_code == 409
    for code in ("customs", "tax"):
        services.accept(referral_of(handed_in, code).pk, by=Actor("agency", code, code), number=f"N-{code}")
    answer = alice.get(address)
    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF")


@pytest.mark.parametrize("name", ["service_certificate", "submission_copy"])
def test_strangers_find_nothing(handed_in: Submission, name: str) -> None:
    client = Client()
    client.force_login(
        people.a_member(people.a_company("另一家"), name="eve"),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    address = reverse(name, args=[handed_in.reference])
    assert {client.get(address).status_code, client.post(address).status_code} <= {404, 405}

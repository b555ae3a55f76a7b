"""The accepted declaration as a paper: from the frozen payload, with its history, verifiable."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Company
from forex import papers
from forex.answers import safe_number
from forex.models import BopDeclaration
from submissions.models import Paper
from submissions.papers import ensure, pdf, verify
from tests.accounts import factories as people
from tests.forex.factories import FIRM
from tests.forex.situations import (
    SAFE,
    WRONG_CODE,
    a_matched_payment,
    accepted,
    corrected_and_accepted,
    declared,
    orders_in_statistics,
    returned,
)


@pytest.mark.parametrize(
    ("number", "words", "found"),
    [
        ("SAFE-2026-1", "", "SAFE-2026-1"),
        ("BAN1", "已报送外汇局，编号 SAFE-2026-0000001。", SAFE),
        ("BAN1", "accepted", ""),
        ("", "", ""),
    ],
)
def test_safes_number_is_found_where_the_bank_names_it(number: str, words: str, found: str) -> None:
    assert safe_number(number, words) == found


def test_content_is_the_frozen_declaration_with_every_version(
    firm: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders_in_statistics(monkeypatch)
    row = corrected_and_accepted(firm)
    content = papers._declaration(row.submission, str(row.pk))
    told = {one["en"]: one["value"] for one in [*content["parties"], *content["sums"], *content["declared"]]}
    assert told["SAFE reference"] == SAFE
    assert told["Account (last 4)"] == "**** 1234"
    assert (told["Actual amount"], told["Gross in"], told["Gross out"]) == (
        "USD 242.79",
        "USD 315.75",
        "USD 72.96",
    )
    assert told["Transaction code"].startswith("121990 ")
    assert (content["orders"], content["counted"]) == (1, 1)
    history = [(one["version"], one["code"], one["outcome"][:4]) for one in content["history"]]
    assert history == [("1", "122030", "银行退回"), ("2", "121990", "已接受并")]
    assert content["history"][0]["words"] == WRONG_CODE
    assert "6200000000001234" not in str(content)


def test_it_is_issued_when_the_bank_has_accepted_and_not_before(firm: Company) -> None:
    clerk = Client(headers={"accept-language": "en"})
    clerk.force_login(people.a_member(firm), backend="allauth.account.auth_backends.AuthenticationBackend")
    payment = a_matched_payment(firm)
    url = reverse("forex_declaration_paper", args=[payment.pk])
    assert "not declared yet" in clerk.get(url).content.decode()
    row = declared(payment)
    answer = clerk.get(url)
    assert (answer.status_code, "has not accepted" in answer.content.decode()) == (409, True)
    returned(row)
    assert clerk.get(url).status_code == 409
    row = accepted(declared(payment))
    answer = clerk.get(url)
    assert answer.content[:5] == b"%PDF-"
    found = verify(Paper.objects.get(object_type="bop").code)
    assert found is not None
    assert found.genuine
    assert found.facts["declaration_number"] == payment.declaration_no
    assert found.facts["safe_number"] == SAFE
    stranger = Client()
    stranger.force_login(people.a_member(people.a_company("旁观（示例）公司")))
    assert stranger.get(url).status_code == 404


def test_the_acknowledgement_of_a_declaration_can_be_drawn(firm: Company) -> None:
    row = declared(a_matched_payment(firm))
    paper = ensure(Paper.Kind.ACKNOWLEDGEMENT, row.submission, by=FIRM)
    assert pdf(paper)[:5] == b"%PDF-"


def test_the_submissions_page_shows_the_declaration_without_the_account(firm: Company) -> None:
    clerk = Client(headers={"accept-language": "en"})
    clerk.force_login(people.a_member(firm), backend="allauth.account.auth_backends.AuthenticationBackend")
    row: BopDeclaration = declared(a_matched_payment(firm))
    page = clerk.get(reverse("submission", args=[row.submission.reference])).content.decode()
    assert row.payment.declaration_no in page
    assert "**** 1234" in page
    assert "6200000000001234" not in page
    found = clerk.get(reverse("submissions"), {"q": row.payment.declaration_no}).content.decode()
    assert str(row.submission.reference) in found

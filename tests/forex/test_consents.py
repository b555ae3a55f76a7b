"""Banks ask within consents; a document backs one financing."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Company
from forex import consents
from forex.models import DeclarationQuery, DocumentUse, Purpose
from tests.accounts import factories as people
from tests.api.conftest import _own_cache, erp_of, problem_of  # noqa: F401 - a fixture
from tests.forex.factories import FIRM, a_bank, a_payment

ASK, USE = "/api/v1/forex/declaration-queries", "/api/v1/forex/document-uses"
NONE = {"exists": False, "closed": False, "backs_other": False, "backs_payment": False}


def ask(bank: Any, number: str, purpose: str = "financing", kind: str = "bop") -> dict[str, bool]:
    body = {"kind": kind, "number": number, "purpose": purpose}
    answer = bank.post(ASK, body, content_type="application/json")
    assert answer.status_code == 200, answer.content
    return answer.json()  # type: ignore[no-any-return]


def use(bank: Any, number: str) -> Any:
    return bank.post(
        USE, {"kind": "bop", "number": number, "reference": "LN-1"}, content_type="application/json"
    )


def test_without_consent_the_answer_is_that_of_nothing_and_the_company_sees_the_question(
    firm: Company,
) -> None:
    bank, payment = erp_of(a_bank()), a_payment(firm)
    assert ask(bank, payment.declaration_no) == ask(bank, "9" * 22) == NONE
    assert list(DeclarationQuery.objects.values_list("number", "outcome")) == [
        (payment.declaration_no, "no_consent")
    ]


def test_a_consent_opens_for_one_bank_and_purpose_and_closes_at_once(firm: Company) -> None:
    bank, other, payment = erp_of(a_bank()), erp_of(a_bank("bank2")), a_payment(firm)
    given = consents.give(firm, a_bank(), Purpose.FINANCING, by=FIRM)
    assert ask(bank, payment.declaration_no) == {**NONE, "exists": True}
    assert ask(bank, payment.declaration_no, "payment") == NONE
    assert ask(other, payment.declaration_no) == NONE
    consents.withdraw(given, by=FIRM)
    assert ask(bank, payment.declaration_no) == NONE


def test_the_second_bank_is_refused_a_pledged_document(firm: Company) -> None:
    banks, payment = [erp_of(a_bank()), erp_of(a_bank("bank2"))], a_payment(firm)
    for bank in (a_bank(), a_bank("bank2")):
        consents.give(firm, bank, Purpose.FINANCING, by=FIRM)
    assert use(banks[0], payment.declaration_no).status_code == 201
    problem_of(use(banks[1], payment.declaration_no), 409, "document_used")
    assert ask(banks[1], payment.declaration_no)["backs_other"] is True
    assert DocumentUse.objects.get().bank == a_bank()
    outcomes = list(DeclarationQuery.objects.order_by("pk").values_list("outcome", flat=True))
    assert outcomes == ["used", "refused", "found"]


def test_nothing_is_pledged_without_consent(firm: Company) -> None:
    bank, payment = erp_of(a_bank()), a_payment(firm)
    problem_of(use(bank, payment.declaration_no), 404, "not_found")
    problem_of(use(bank, "9" * 22), 404, "not_found")
    assert not DocumentUse.objects.exists()


def test_a_company_asks_nothing_here(firm: Company) -> None:
    assert erp_of(firm).post(ASK, {}, content_type="application/json").status_code == 403


def test_given_and_withdrawn_on_the_page(firm: Company) -> None:
    boss = Client(headers={"accept-language": "en"})
    user = people.a_member(firm, "company_admin")
    boss.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    page, bank, payment = reverse("forex_consents"), erp_of(a_bank()), a_payment(firm)
    boss.post(page, {"bank": a_bank().pk, "purpose": "financing", "valid_from": "2026-01-01"})
    assert ask(bank, payment.declaration_no)["exists"] is True
    shown = boss.get(page)
    assert payment.declaration_no in shown.content.decode()
    again = {"bank": a_bank().pk, "purpose": "financing", "valid_from": "2026-01-01"}
    assert "already" in boss.post(page, again, follow=True).content.decode()
    row = shown.context["consents"][0]
    boss.post(reverse("forex_consent_withdraw", args=[row.pk]))
    assert ask(bank, payment.declaration_no) == NONE


@pytest.mark.parametrize("body", [{}, {"kind": "x", "number": "1", "purpose": "financing"}, {"kind": "bop"}])
def test_what_is_no_question_is_said(firm: Company, body: dict[str, str]) -> None:
    assert erp_of(a_bank()).post(ASK, body, content_type="application/json").status_code == 400

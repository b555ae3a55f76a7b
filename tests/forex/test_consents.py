"""Banks ask within consents; a document backs one financing."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Company
from forex import consents, matching, orders
from forex.models import DeclarationQuery, DocumentUse, Purpose
from forex.orders import ListFound
from submissions.models import Notice
from submissions.notices import text_of
from tests.accounts import factories as people
from tests.api.conftest import _own_cache, erp_of, problem_of  # noqa: F401 - a fixture
from tests.forex.factories import FIRM, a_bank, a_payment, a_statement
from tests.forex.situations import a_matched_payment, accepted, declared

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


def test_given_free_by_its_own_bank_the_other_may_use_it(firm: Company) -> None:
    """Also after the consent ended: what is given free is to the company's good."""
    banks, payment = [erp_of(a_bank()), erp_of(a_bank("bank2"))], a_payment(firm)
    given = [consents.give(firm, one, Purpose.FINANCING, by=FIRM) for one in (a_bank(), a_bank("bank2"))]
    pledged = use(banks[0], payment.declaration_no).json()["id"]
    free = f"{USE}/{pledged}/release"
    problem_of(banks[1].post(free), 404, "not_found")
    consents.withdraw(given[0], by=FIRM)
    answer = banks[0].post(free)
    assert (answer.status_code, answer.json()["released_at"] is None) == (200, False)
    problem_of(banks[0].post(free), 409, "document_free")
    problem_of(use(banks[0], payment.declaration_no), 404, "not_found")  # its consent is gone
    assert use(banks[1], payment.declaration_no).status_code == 201
    outcomes = list(DeclarationQuery.objects.order_by("pk").values_list("outcome", flat=True))
    assert outcomes == ["used", "released", "no_consent", "used"]
    listed = banks[0].get(USE).json()["results"]
    assert [(one["number"], one["reference"]) for one in listed] == [(payment.declaration_no, "LN-1")]
    told = [text_of(one) for one in Notice.objects.filter(code__startswith="forex.document").order_by("pk")]
    assert len(told) == 3
    assert all(payment.declaration_no in one for one in told)


def test_a_declaration_is_closed_when_the_bank_has_accepted_it(firm: Company) -> None:
    bank = erp_of(a_bank())
    consents.give(firm, a_bank(), Purpose.PAYMENT, by=FIRM)
    row = declared(a_matched_payment(firm))
    number = row.payment.declaration_no
    assert ask(bank, number, "payment") == {**NONE, "exists": True}
    accepted(row)
    assert ask(bank, number, "payment") == {**NONE, "exists": True, "closed": True}


def test_an_order_that_backs_another_payment(firm: Company) -> None:
    bank = erp_of(a_bank())
    consents.give(firm, a_bank(), Purpose.PAYMENT, by=FIRM)
    statement, payment = a_statement(firm), a_payment(firm)
    order = statement.lines.get().order_no
    assert ask(bank, order, "payment", "order") == {**NONE, "exists": True}
    made = matching.match(payment.pk, statement.pk, company_id=firm.pk, by=FIRM)
    assert ask(bank, order, "payment", "order")["backs_payment"] is True
    body = {"kind": "order", "number": order, "purpose": "payment", "payment_no": payment.declaration_no}
    assert bank.post(ASK, body, content_type="application/json").json()["backs_payment"] is False
    matching.unmatch(made.pk, company_id=firm.pk, by=FIRM, why="another month")
    assert ask(bank, order, "payment", "order")["backs_payment"] is False


def test_an_export_list_is_found_by_its_number_and_its_order_counts(
    firm: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank, statement, payment = erp_of(a_bank()), a_statement(firm), a_payment(firm)
    found = {"02132026E000000001": ListFound(firm, closed=True, order_no=statement.lines.get().order_no)}
    monkeypatch.setattr(orders, "_list_lookup", found.get)
    consents.give(firm, a_bank(), Purpose.FINANCING, by=FIRM)
    assert ask(bank, "02132026E000000009", kind="export_list") == NONE
    number = "02132026E000000001"
    assert ask(bank, number, kind="export_list") == {**NONE, "exists": True, "closed": True}
    matching.match(payment.pk, statement.pk, company_id=firm.pk, by=FIRM)
    assert ask(bank, number, kind="export_list")["backs_payment"] is True
    assert ask(bank, number, "payment", "export_list") == NONE  # no consent for that purpose


def test_the_company_reads_what_was_asked_and_what_is_backed(firm: Company) -> None:
    bank, payment = erp_of(a_bank()), a_payment(firm)
    consents.give(firm, a_bank(), Purpose.FINANCING, by=FIRM)
    use(bank, payment.declaration_no)
    admin = Client(headers={"accept-language": "en"})
    admin.force_login(
        people.a_member(firm, "company_admin"), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    page = admin.get(reverse("forex_consents"))
    assert [row.number for row in page.context["uses"]] == [payment.declaration_no]
    assert [row.outcome for row in page.context["log"]] == ["used"]
    assert "LN-1" in page.content.decode()


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

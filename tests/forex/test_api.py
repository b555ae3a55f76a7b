"""Banks push and companies read over REST, with real tokens."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Company
from forex.models import InwardPayment
from tests.accounts import factories as people
from tests.api.conftest import _own_cache, erp_of, problem_of  # noqa: F401 - a fixture
from tests.forex.factories import a_bank, a_payment, a_push

URL = "/api/v1/forex/inward-payments"


def send(client: Any, body: object) -> Any:
    return client.post(URL, body, content_type="application/json")


def test_the_same_push_gets_the_same_answer(firm: Company) -> None:
    bank, body = erp_of(a_bank()), a_push(firm)
    first, again = send(bank, body), send(bank, body)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert first.json()["declaration_no"] == body["declaration_no"]
    assert [one["code"] for one in first.json()["flags"]] == ["payment.not_in_directory"]
    problem_of(send(bank, {**body, "amount": "1.00"}), 409, "declaration_number_reused")
    assert InwardPayment.objects.count() == 1


def test_every_fault_of_a_push_is_told(firm: Company) -> None:
    bank = erp_of(a_bank())
    told = problem_of(send(bank, a_push(firm, amount="x", currency="us$")), 422, "refused")
    assert {one["path"] for one in told["problems"]} == {"/amount", "/currency"}


def test_of_a_batch_each_stands_for_itself(firm: Company) -> None:
    bank, known = erp_of(a_bank()), a_push(firm)
    send(bank, known)
    batch = [a_push(firm), known, {**known, "amount": "9.99"}, a_push(firm, payer=""), 7]
    answer = send(bank, {"payments": batch[:2]})
    assert [one["status"] for one in answer.json()["results"]] == ["taken", "repeated"]
    answer = send(bank, {"payments": [*batch[2:], a_push(firm)]})
    results = answer.json()["results"]
    assert [one["status"] for one in results] == ["conflict", "refused", "refused", "taken"]
    assert [one["path"] for one in results[1]["problems"]] == ["/payments/1/payer"]
    assert "id" not in results[0]


def test_a_number_twice_in_one_batch_refuses_the_batch(firm: Company) -> None:
    bank, body = erp_of(a_bank()), a_push(firm)
    told = problem_of(send(bank, {"payments": [body, body]}), 422, "refused")
    assert [one["code"] for one in told["problems"]] == ["payment.twice"]
    assert not InwardPayment.objects.exists()


@pytest.mark.parametrize("body", [[], "text", 3, {"payments": []}, {"payments": [1] * 501}])
def test_what_is_no_push_changes_nothing(firm: Company, body: object) -> None:
    import json

    answer = send(erp_of(a_bank()), json.dumps(body))
    assert answer.status_code in (400, 422)
    assert not InwardPayment.objects.exists()


def test_company_and_bank_read_their_own(firm: Company) -> None:
    payment, stranger = a_payment(firm), people.a_company("旁观（示例）公司")
    found = {}
    for name, owner in (("F", firm), ("stranger", stranger), ("bank", a_bank()), ("bank2", a_bank("bank2"))):
        found[name] = [one["id"] for one in erp_of(owner, "payments:read").get(URL).json()["results"]]
    assert found == {"F": [str(payment.pk)], "stranger": [], "bank": [str(payment.pk)], "bank2": []}
    page = erp_of(firm, "payments:read").get(URL, {"state": "unmatched"}).json()["results"][0]
    assert (page["amount"], page["account_tail"], page["due_on"]) == ("242.79", "1234", "2026-10-27")
    assert "6200000000001234" not in str(page)


def test_a_company_pushes_nothing(firm: Company) -> None:
    assert send(erp_of(firm, "payments:read"), a_push(firm)).status_code == 403


def test_no_account_number_stands_in_the_trail(firm: Company) -> None:
    from trail.models import Entry

    a_payment(firm)
    assert not any("6200000000001234" in str(row.detail) for row in Entry.objects.all())

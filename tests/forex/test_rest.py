"""Statement, match, declaration and correction by an enterprise's own system, with real tokens; its bank reads."""

from __future__ import annotations

from decimal import Decimal as D
from typing import Any

import pytest

from accounts.models import Company
from forex import orders
from forex.models import BopDeclaration, FormDraft, Match, PayoutStatement
from forex.orders import ExportRow
from tests.accounts import factories as people
from tests.api.conftest import Erp, _own_cache, erp_of, problem_of  # noqa: F401 - a fixture
from tests.forex.factories import a_bank, a_payment, a_statement
from tests.forex.situations import accepted, corrected_and_accepted, orders_in_statistics, returned

FX = "/api/v1/forex/"
REMARK = "未报关、未纳入海关统计+网络购物+毛毯+货款，轧差净额"
STATEMENT = {
    "platform": "Example Marketplace",
    "number": "PO-1",
    "period_from": "2026-10-01",
    "period_to": "2026-10-15",
    "currency": "USD",
    "net": "242.79",
    "lines": [
        {
            "order_no": "EO-1",
            "goods": "200.00",
            "freight": "24.00",
            "commission": "33.60",
            "other_fees": "12.80",
        },
        {
            "order_no": "EO-2",
            "goods": "67.75",
            "freight": "24.00",
            "commission": "13.76",
            "other_fees": "12.80",
        },
    ],
}


def send(erp: Erp, what: str, body: Any, **headers: str) -> Any:
    return erp.post(FX + what, body, content_type="application/json", headers=headers)


def test_from_the_statement_to_the_corrected_declaration(
    firm: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders_in_statistics(monkeypatch)
    erp, payment = erp_of(firm), a_payment(firm)
    kept = send(erp, "payout-statements", STATEMENT)
    assert (kept.status_code, kept.json()["net"]) == (201, "242.79")
    assert send(erp, "payout-statements", STATEMENT).status_code == 200
    match = {"declaration_no": payment.declaration_no, "statement": kept.json()["id"]}
    made = send(erp, "matches", match)
    assert (made.status_code, made.json()["fees"]) == (201, "72.96")

    wrong = {
        "declaration_no": payment.declaration_no,
        "code": "122030",
        "remark": REMARK,
    }
    told = problem_of(send(erp, "bop-declarations", wrong), 422, "refused")
    codes = [one["code"] for one in told["problems"]]
    assert {"bop.code_in_statistics", "bop.late"} == set(codes)
    assert {one["level"] for one in told["problems"]} == {"warning"}
    key = {"Idempotency-Key": "k-1"}
    first = send(erp, "bop-declarations", {**wrong, "confirmed": codes}, **key)
    assert (first.status_code, first.json()["version"], first.json()["state"]) == (201, 1, "submitted")
    assert send(erp, "bop-declarations", {**wrong, "confirmed": codes}, **key).json() == first.json()
    again = problem_of(send(erp, "bop-declarations", {**wrong, "confirmed": codes}), 422, "refused")
    assert [one["code"] for one in again["problems"]] == ["bop.in_force"]

    returned(BopDeclaration.objects.get(), "编码错误")
    read = erp.get(f"{FX}bop-declarations/{first.json()['reference']}").json()
    assert (read["state"], read["words"]) == ("returned", "编码错误")
    right = {**wrong, "code": "121990", "confirmed": ["bop.late"]}
    second = send(erp, "bop-declarations", right).json()
    assert (second["version"], second["gross_in"], second["gross_out"]) == (2, "315.75", "72.96")
    accepted(BopDeclaration.objects.get(version=2))
    page = erp.get(FX + "bop-declarations", {"declaration_no": payment.declaration_no}).json()
    assert [(one["version"], one["state"]) for one in page["results"]] == [(2, "accepted"), (1, "replaced")]
    assert page["results"][0]["safe_no"] == "SAFE-2026-0000001"


def test_the_bank_reads_the_declarations_of_its_payments_and_no_other_bank_does(firm: Company) -> None:
    row = corrected_and_accepted(firm)
    asked = {"state": "accepted"}
    bank, other = erp_of(a_bank(), "payments:read"), erp_of(a_bank("bank2"), "payments:read")
    found = bank.get(FX + "bop-declarations", asked).json()["results"]
    assert [one["reference"] for one in found] == [row.submission.reference]
    assert other.get(FX + "bop-declarations", asked).json()["results"] == []
    problem_of(other.get(f"{FX}bop-declarations/{row.submission.reference}"), 404, "not_found")
    stranger = erp_of(people.a_company("旁观（示例）公司"))
    assert stranger.get(FX + "bop-declarations").json()["results"] == []
    assert send(bank, "bop-declarations", {}).status_code == 403


def test_a_bank_has_no_statements_to_read(firm: Company) -> None:
    a_statement(firm)
    assert erp_of(a_bank(), "payments:read").get(FX + "payout-statements").json()["results"] == []
    mine = erp_of(firm).get(FX + "payout-statements", {"state": "unpaid"}).json()["results"]
    assert [one["account_holder"] for one in mine] == [firm.uscc]


def test_a_statement_as_csv_with_its_head_in_the_address(firm: Company) -> None:
    erp = erp_of(firm)
    head = {name: value for name, value in STATEMENT.items() if name != "lines"}
    lines = b"order number,goods,freight,commission,other fees\nEO-1,267.75,48.00,47.36,25.60\n"
    from urllib.parse import urlencode

    url = f"{FX}payout-statements?{urlencode(head)}"
    answer = erp.post(url, lines, content_type="text/csv")
    assert (answer.status_code, answer.json()["net"]) == (201, "242.79")
    told = problem_of(
        erp.post(url, b"order number,goods\nA,x\nA,1\n", content_type="text/csv"), 422, "refused"
    )
    assert [one["path"] for one in told["problems"]] == ["/row 2/goods", "/row 2/order_no", "/row 3/order_no"]
    missing = erp.post(FX + "payout-statements", lines, content_type="text/csv")
    assert missing.status_code == 400
    assert PayoutStatement.objects.count() == 1


def test_every_fault_of_a_statement_has_its_place(firm: Company) -> None:
    erp = erp_of(firm)
    body = {**STATEMENT, "lines": [{"order_no": "A", "goods": "x"}, {"order_no": "A", "goods": "-1"}]}
    told = problem_of(send(erp, "payout-statements", body), 422, "refused")
    assert [one["path"] for one in told["problems"]] == [
        "/lines/0/goods",
        "/lines/1/goods",
        "/lines/0/order_no",
        "/lines/1/order_no",
    ]
    body = {**STATEMENT, "account_holder": people.a_company("旁观（示例）公司").uscc}
    problem_of(send(erp, "payout-statements", body), 404, "not_found")
    assert not PayoutStatement.objects.exists()


def test_matching_too_much_and_undoing(firm: Company) -> None:
    erp, payment, statement = erp_of(firm), a_payment(firm), a_statement(firm)
    body = {"declaration_no": payment.declaration_no, "statement": str(statement.pk)}
    told = problem_of(send(erp, "matches", {**body, "amount": "300"}), 422, "refused")
    assert {one["code"] for one in told["problems"]} == {"match.exceeds"}
    made = send(erp, "matches", body).json()
    undo = f"matches/{made['id']}/undo"
    stranger = erp_of(people.a_company("旁观（示例）公司"))
    problem_of(send(stranger, undo, {"why": "x"}), 404, "not_found")
    assert send(erp, undo, {}).status_code == 400
    assert send(erp, undo, {"why": "other month"}).json()["undone_because"] == "other month"
    problem_of(send(erp, undo, {"why": "again"}), 422, "refused")
    assert Match.objects.get().undone_at is not None


def test_indicators_as_json(firm: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import date

    rows = [ExportRow("E1", date(2026, 10, 10), D("315.75"), "USD")]
    monkeypatch.setattr(orders, "_exports_lookup", lambda company, since, until: rows)
    orders_in_statistics(monkeypatch)
    corrected_and_accepted(firm)
    asked = {"since": "2026-10-01", "until": "2026-10-31"}
    found = erp_of(firm).get(FX + "indicators", asked).json()
    assert found["as_received"]["sums"] == {
        "exports": "315.75",
        "imports": "0.00",
        "inward": "242.79",
        "outward": "0.00",
    }
    assert found["as_received"]["difference"] == "-72.96"
    assert found["grossed_up"]["difference"] == "0.00"
    assert found["grossed_up"]["money_to_goods"] == "1.0000"
    assert [one["figure"] for one in found["rows"]] == ["exports", "inward"]
    assert erp_of(firm).get(FX + "indicators", {"since": "x"}).status_code == 400
    assert (
        erp_of(firm).get(FX + "indicators", {"since": "2026-12-01", "until": "2026-01-01"}).status_code == 400
    )
    assert erp_of(a_bank(), "payments:read").get(FX + "indicators").status_code == 400
    assert not FormDraft.objects.exists()

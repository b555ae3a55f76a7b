"""The pure rules of the match: plain rows in, findings out."""

from __future__ import annotations

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customs.findings import NOT_VERIFIED, PENDING, TEXTS, Case, compare, shown

LINE = {
    "gnum": 1, "qty": D(2), "unit": "122", "price": D(218), "total_price": D(436), "country": "601",
    "gname": "奶粉", "item_name": "奶粉",
}  # fmt: skip


def case(*, listed=None, order=None, payment=None, waybill=None, lines=None, order_lines=None) -> Case:
    """Four documents that agree; each argument changes some values of one."""
    return Case(
        list={
            "order_no": "1", "logistics_no": "W1", "ebc_code": "B", "freight": D(10), "insured_fee": D(2),
            "buyer_name_hash": b"n", "buyer_id_hash": b"i", "consignee_hash": b"a", "gross_weight": D(2),
            "checks": [],
        } | (listed or {}),
        lines=lines if lines is not None else [LINE],
        order={
            "ebc_code": "B", "freight": D(12), "actural_paid": D(100), "pay_code": "C", "checks": [],
            "pay_transaction_id": "T", "buyer_name_hash": b"n", "buyer_id_hash": b"i", "consignee_hash": b"a",
            "consignee_name_hash": b"c", "consignee_phone_hash": b"p", "app_time": "20261103091000",
            "app_type": "1", "state": "stored", "return_code": "",
        } | (order or {}),
        order_lines=order_lines if order_lines is not None else [LINE],
        payment={
            "amount_paid": D(100), "pay_code": "C", "pay_transaction_id": "T", "payer_name_hash": b"n",
            "payer_id_hash": b"i", "pay_time": "20261103091200", "checks": [], "state": "sent",
            "return_code": "",
        } | (payment or {}),
        waybill={
            "order_no": "1", "freight": D(10), "insured_fee": D(2), "consignee_hash": b"a",
            "consignee_name_hash": b"c", "consignee_phone_hash": b"p", "weight": D(2), "checks": [],
            "app_time": "20261103104000", "state": "sent", "return_code": "",
        } | (waybill or {}),
    )  # fmt: skip


def found(one: Case) -> list[tuple[str, str]]:
    return [(problem.code, problem.level) for problem in compare(one)]


def test_documents_that_agree_leave_nothing_to_say() -> None:
    assert compare(case()) == []


DIFFERENCES = [
    ("1332", "error", {"payment": {"amount_paid": D("99.99")}}),
    ("13035", "error", {"order": {"pay_code": "X"}}),
    ("match.transaction", "error", {"payment": {"pay_transaction_id": "U"}}),
    ("13127", "error", {"listed": {"buyer_name_hash": b"?"}}),
    ("match.buyer_id", "error", {"listed": {"buyer_id_hash": b"?"}}),
    (PENDING, "warning", {"payment": {"payer_id_hash": b"?", "payer_name_hash": b"?"}}),
    ("match.buyer_id_of_payer", "error", {"payment": {"payer_name_hash": b"?"}}),
    ("match.freight", "error", {"order": {"freight": D(10)}}),
    ("match.waybill_freight", "warning", {"waybill": {"freight": D(11)}}),
    ("match.ebc", "error", {"listed": {"ebc_code": "F"}}),
    ("match.waybill_order", "error", {"waybill": {"order_no": "2"}}),
    ("match.consignee", "error", {"waybill": {"consignee_name_hash": b"?"}}),
    ("match.consignee", "error", {"waybill": {"consignee_phone_hash": b"?"}}),
    ("match.address", "error", {"waybill": {"consignee_hash": b"?"}}),
    ("match.address", "error", {"listed": {"consignee_hash": b"?"}}),
    ("1320", "error", {"lines": [LINE, LINE | {"gnum": 2}]}),
    ("1322", "error", {"lines": [LINE | {"qty": D(3)}]}),
    ("1322", "error", {"lines": [LINE | {"price": D(1)}]}),
    ("1322", "error", {"lines": [LINE | {"total_price": D(1)}]}),
    ("1322", "error", {"lines": [LINE | {"unit": "011"}]}),
    ("1322", "error", {"lines": [LINE | {"country": "142"}]}),
    ("match.line_name", "warning", {"lines": [LINE | {"gname": "牛奶"}]}),
    ("match.weight", "warning", {"waybill": {"weight": D(3)}}),
    ("match.paid_before_order", "warning", {"payment": {"pay_time": "20261103090000"}}),
    ("match.shipped_before_payment", "warning", {"waybill": {"app_time": "20261103091100"}}),
    ("match.returned", "error", {"payment": {"state": "returned", "return_code": "1332"}}),
    ("match.returned", "error", {"order": {"state": "eport_refused", "return_code": "-301010"}}),
]  # fmt: skip


@pytest.mark.parametrize(("code", "level", "changed"), DIFFERENCES)
def test_one_difference_is_one_finding(code, level, changed) -> None:
    assert found(case(**changed)) == [(code, level)]


def test_every_finding_there_is_has_its_case() -> None:
    tested = {code for code, _, _ in DIFFERENCES}
    rest = {"match.order_missing", "match.payment_missing", "match.waybill_missing", "match.line_missing"}
    assert set(TEXTS) == tested | rest | {
        NOT_VERIFIED
    }  # known only after the police answered: test_buyers.py


def test_all_differences_are_found_not_the_first() -> None:
    one = case(
        payment={"amount_paid": D(1), "pay_code": "X"},
        listed={"buyer_name_hash": b"?"},
        lines=[LINE | {"qty": D(3), "price": D(1)}],
    )
    assert [code for code, _ in found(one)] == ["13127", "1332", "13035", "1322", "1322"]


def test_another_line_number_is_named_from_both_sides() -> None:
    assert found(case(lines=[LINE | {"gnum": 2}])) == [("1322", "error"), ("match.line_missing", "warning")]


@pytest.mark.parametrize("missing", ["order", "payment", "waybill"])
def test_what_is_missing_is_named_and_the_rest_compared(missing) -> None:
    from dataclasses import replace

    one = replace(case(listed={"ebc_code": "F"}), **{missing: None})
    assert not one.complete
    assert (f"match.{missing}_missing", "warning") in found(one)


def test_an_order_that_names_no_payment_firm_takes_any() -> None:
    assert found(case(order={"pay_code": "", "pay_transaction_id": ""}, payment={"pay_code": "X"})) == []


def test_a_changed_order_may_be_younger_than_its_payment() -> None:
    assert found(case(order={"app_type": "2", "app_time": "20261104000000"})) == []


def test_what_a_document_says_wrong_by_itself_belongs_to_the_list_too() -> None:
    own = {"code": "x", "path": "/OrderHead/y", "message": "m", "params": {}, "level": "error"}
    assert found(case(order={"checks": [own]})) == [("x", "error")]


@given(st.decimals(0, 10**9, places=5), st.decimals(0, 10**9, places=5))
def test_amounts_agree_exactly_or_not_at_all(paid: D, asked: D) -> None:
    differ = case(payment={"amount_paid": paid}, order={"actural_paid": asked})
    assert bool(found(differ)) == (paid != asked)


@given(st.decimals(-(10**9), 10**9, places=5))
def test_amounts_are_shown_without_loss(amount: D) -> None:
    assert D(shown(amount)) == amount
    assert "E" not in shown(amount)
    assert len(shown(amount).partition(".")[2]) >= 2

"""Rules between the fields of one message."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customs.ceb import SPEC, Document, Message, check, write
from customs.ceb.business import RULES, UNIQUE, business_problems
from customs.ceb.business_texts import BUSINESS_TEXTS, WARNINGS
from tests.customs.ceb.samples import SIGNATURE, full_message, values_for

ID_NUMBER = "11010519491231002X"  # the example of the standard itself

ORDER: dict[str, str] = {
    "goodsValue": "300",
    "freight": "10",
    "discount": "5",
    "taxTotal": "27.3",
    "acturalPaid": "332.3",
    "currency": "142",
    "buyerIdType": "1",
    "buyerIdNumber": ID_NUMBER,
    "ebpCode": "P",
    "orderNo": "O1",
}
ORDER_LINES = [
    {"gnum": "1", "qty": "2", "price": "100", "totalPrice": "200", "currency": "142"},
    {"gnum": "2", "qty": "1", "price": "100", "totalPrice": "100", "currency": "142"},
]
INVENTORY: dict[str, str] = {
    "ieFlag": "I",
    "tradeMode": "1210",
    "country": "142",
    "currency": "142",
    "packNo": "1",
    "emsNo": "T1",
    "areaCode": "A",
    "areaName": "A",
    "assureCode": "C",
    "ebcCode": "C",
    "ebpCode": "P",
    "logisticsCode": "L",
    "agentCode": "D",
    "buyerIdType": "1",
    "buyerIdNumber": ID_NUMBER,
    "grossWeight": "2",
    "netWeight": "1.5",
    "orderNo": "O1",
}
INVENTORY_LINES = [
    {
        "gnum": "1",
        "qty": "2",
        "price": "50",
        "totalPrice": "100",
        "currency": "142",
        "itemRecordNo": "R",
        "unit2": "035",
        "qty2": "1.2",
        "barCode": "无",
    }
]
PLAIN: dict[str, tuple[dict[str, str], list[dict[str, str]]]] = {
    "CEB311": (ORDER, ORDER_LINES),
    "CEB411": (
        {"amountPaid": "332.3", "currency": "142", "payerIdType": "1", "payerIdNumber": ID_NUMBER},
        [],
    ),
    "CEB511": ({"packNo": "1", "currency": "142", "weight": "2", "freight": "0", "insuredFee": "0"}, []),
    "CEB621": (INVENTORY, INVENTORY_LINES),
    "CEB603": (
        {"ieFlag": "E", "tradeMode": "9610", "netWeight": "1", "grossWeight": "1"},
        [{"gnum": "1", "qty": "3", "price": "1", "totalPrice": "3", "unit2": "", "qty2": ""}],
    ),
    "CEB607": ({"msgSeqNo": "2", "msgCount": "2"}, [{"gnum": "1"}]),
    "CEB213": ({"ieFlag": "I", "tradeMode": "9661"}, [{"gnum": "1"}]),
    "CEB701": ({"startTime": "20240101000000", "endTime": "20240131235959"}, []),
    "CEB513": ({"logisticsStatus": "S"}, []),
    "CEB623": ({"appType": "1", "buyerIdType": "1", "buyerIdNumber": ID_NUMBER}, []),
}


def one(name: str, head: dict[str, str] | None = None, line: dict[str, str] | None = None) -> Message:
    """The plain document of a message with some fields of head and first line changed."""
    plain_head, plain_lines = PLAIN[name]
    lines = [dict(values) for values in plain_lines]
    if line:
        lines[0] |= line
    return Message(name, "G", "1.0", {}, [Document({**plain_head, **(head or {})}, lines)])


def codes(message: Message, **options: Any) -> list[str]:
    return [p.code.removeprefix("ceb.business.") for p in business_problems([message], **options)]


@pytest.mark.parametrize("name", PLAIN)
def test_plain_documents_are_right(name: str) -> None:
    assert codes(one(name), strict=True) == []


HEAD_FAULTS = [
    ("CEB311", {"acturalPaid": "332.31"}, ["amount_paid"]),
    ("CEB311", {"goodsValue": "299", "acturalPaid": "331.3"}, ["goods_value"]),
    ("CEB311", {"currency": ""}, ["currency"]),
    ("CEB311", {"buyerIdType": "2"}, ["id_type"]),
    ("CEB311", {"buyerIdNumber": "110105194912310021"}, ["id_number"]),
    ("CEB311", {"freight": "-10", "acturalPaid": "312.3"}, ["negative"]),
    ("CEB411", {"payerIdNumber": "110105194913310025"}, ["id_number"]),
    ("CEB411", {"amountPaid": "-1"}, ["negative"]),
    ("CEB511", {"packNo": "2"}, ["pack_no"]),
    ("CEB511", {"packNo": "0"}, ["pack_no"]),
    ("CEB513", {"logisticsStatus": "R"}, ["flag"]),
    ("CEB621", {"ieFlag": "E"}, ["flag"]),
    ("CEB621", {"tradeMode": "0110"}, ["trade_mode"]),
    ("CEB621", {"tradeMode": "9610"}, ["mode_demands"] * 3),
    ("CEB621", {"tradeMode": "9610", "trafNo": "A", "voyageNo": "B", "billNo": "C", "country": "116"}, []),
    ("CEB621", {"emsNo": "", "areaCode": " "}, ["mode_demands"] * 2),
    ("CEB621", {"country": "116"}, ["bonded_country"]),
    ("CEB621", {"billNo": "B"}, ["bonded_transport"]),
    ("CEB621", {"assureCode": "D"}, ["guarantor_agent"]),
    ("CEB621", {"assureCode": "X"}, ["guarantor"]),
    ("CEB621", {"netWeight": "2.1"}, ["net_weight"]),
    ("CEB623", {"appType": "2"}, ["flag"]),
    ("CEB603", {"tradeMode": "9810"}, []),
    ("CEB603", {"tradeMode": "9661"}, ["trade_mode"]),
    ("CEB607", {"msgSeqNo": "3"}, ["split"]),
    ("CEB607", {"msgSeqNo": "0"}, ["split"]),
    ("CEB701", {"endTime": ""}, ["period"]),
    ("CEB701", {"endTime": "20231231000000"}, ["period"]),
]


@pytest.mark.parametrize(("name", "change", "wanted"), HEAD_FAULTS)
def test_heads(name: str, change: dict[str, str], wanted: list[str]) -> None:
    assert codes(one(name, change)) == wanted


LINE_FAULTS = [
    ("CEB311", {"totalPrice": "200.02"}, ["goods_value", "line_total"]),
    ("CEB311", {"totalPrice": "200.01"}, []),
    ("CEB311", {"gnum": "2"}, ["gnum_twice", "gnum_twice"]),
    ("CEB311", {"gnum": "3"}, ["gnum_order"]),
    ("CEB311", {"gnum": "01"}, []),
    ("CEB311", {"currency": "840"}, ["currency"]),
    ("CEB621", {"qty2": ""}, ["qty2_missing"]),
    ("CEB621", {"qty2": "0"}, ["qty2_missing"]),
    ("CEB621", {"unit2": ""}, ["unit2_missing"]),
    ("CEB621", {"barCode": ""}, ["bar_code"]),
    ("CEB621", {"itemRecordNo": ""}, ["mode_demands"]),
    ("CEB621", {"qty": "nonsense"}, []),
    ("CEB213", {"unit2": "007"}, ["qty2_missing"]),
]


@pytest.mark.parametrize(("name", "change", "wanted"), LINE_FAULTS)
def test_lines(name: str, change: dict[str, str], wanted: list[str]) -> None:
    assert codes(one(name, line=change)) == wanted


def test_every_finding_is_tested_and_warnings_are_errors_under_strict() -> None:
    tested = {code for _, _, wanted in [*HEAD_FAULTS, *LINE_FAULTS] for code in wanted} | {"twice"}
    assert tested == BUSINESS_TEXTS.keys()

    levels = {p.level for p in business_problems([one("CEB621", line={"barCode": ""})])}
    strict = {p.level for p in business_problems([one("CEB621", line={"barCode": ""})], strict=True)}
    assert (levels, strict) == ({"warning"}, {"error"})
    assert BUSINESS_TEXTS.keys() >= WARNINGS


def test_paths_point_into_the_message() -> None:
    message = one("CEB311", line={"totalPrice": "1"})
    paths = {p.path for p in business_problems([message])}

    assert "/CEB311Message/Order[1]/OrderList[1]/totalPrice" in paths


@pytest.mark.parametrize("name", UNIQUE)
def test_a_key_stands_once_in_a_message(name: str) -> None:
    owner, key = UNIQUE[name]
    heads = [
        {owner: "a", key: "1"},
        {owner: "b", key: "1"},
        {owner: "a", key: "1"},
        {owner: "a", key: ""},
    ] * 2
    message = Message(name, "G", "1.0", {}, [Document(head, [], n) for n, head in enumerate(heads, 1)])
    found = [p for p in business_problems([message]) if p.code == "ceb.business.twice"]

    assert [(p.path.count("[3]"), p.params["first"]) for p in found[:1]] == [(1, "1")]
    assert len(found) == 4


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.decimals(0, 9999, places=2), st.integers(1, 99)), min_size=1, max_size=5),
    st.decimals(0, 99, places=2),
    st.decimals(0, 99, places=2),
    st.decimals(0, 9, places=2),
)
def test_orders_that_add_up_are_right(
    lines: list[tuple[Decimal, int]], freight: Decimal, tax: Decimal, discount: Decimal
) -> None:
    goods = sum((price * qty for price, qty in lines), Decimal(0))
    head = {
        "goodsValue": str(goods),
        "freight": str(freight),
        "taxTotal": str(tax),
        "discount": str(discount),
        "acturalPaid": f"{goods + freight + tax - discount:.5f}",
    }
    if goods + freight + tax < discount:
        return
    values = [
        {"gnum": str(n), "price": str(price), "qty": str(qty), "totalPrice": f"{price * qty:f}"}
        for n, (price, qty) in enumerate(lines, 1)
    ]

    assert codes(Message("CEB311", "G", "1.0", {}, [Document(head, values)])) == []


@pytest.mark.parametrize("name", RULES)
def test_rules_survive_anything_the_format_accepts(name: str) -> None:
    spec = SPEC[name]
    message = full_message(spec)
    empty = Message(name, "", "", None, [Document({}, [{}] if spec.lines else [])])
    blank = Document(
        dict.fromkeys(values_for(spec.head), ""),
        [dict.fromkeys(values_for(spec.lines), "")] if spec.lines else [],
    )

    for each in (message, empty, Message(name, "", "", None, [blank]), Message(name, "", "", None, [])):
        for problem in business_problems([each]):
            assert problem.text
            assert problem.path.startswith(f"/{spec.root}/")


def test_check_adds_them_on_request() -> None:
    data = write(full_message(SPEC["CEB621"]), sign=lambda _: SIGNATURE)

    assert check(data).accepted
    assert any(p.code.startswith("ceb.business.") for p in check(data, business=True).problems)

"""The messages of the demo data: well formed, coherent, signed, and always the same."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree

from customs.ceb import check, read
from customs.ceb.demo_signer import verifies
from customs.demo import (
    BUYERS,
    ORDERS,
    TYPES,
    coherent_sales,
    coherent_set,
    story_batch,
    story_correction,
    story_message,
    story_set,
)
from reference.datafiles import code_rows
from reference.numbers import id_number_valid


@pytest.fixture(scope="module")
def codes() -> dict[str, frozenset[str]]:
    tables = defaultdict(set)
    for row in code_rows():
        tables[row.table].add(row.code)
    return {table: frozenset(found) for table, found in tables.items()}


@pytest.fixture(scope="module")
def schema(ceb_reference: Path) -> etree.XMLSchema:
    folder = ceb_reference / "xsd"
    (path,) = [p for p in folder.rglob("*.xsd") if "进口" in p.name and "202205" in str(p)]
    return etree.XMLSchema(etree.parse(path))


def of_the_story() -> list[bytes]:
    messages = [data for key in ORDERS for data in story_set(key).values()]
    return messages + list(story_correction("O10").values())


@pytest.mark.parametrize("mode", ["1210", "9610"])
def test_coherent_messages_have_nothing_to_remark(codes, mode) -> None:
    for data in coherent_set(20, seed=3, mode=mode).values():
        report = check(data, strict=True, business=True, codes=codes)
        assert (report.documents, report.problems) == (20, ())


def test_messages_of_the_story_have_nothing_to_remark(codes) -> None:
    for data in of_the_story():
        assert check(data, strict=True, business=True, codes=codes).problems == ()


@pytest.mark.customs_files
def test_messages_of_the_story_fit_customs_own_schema(schema) -> None:
    for data in [*of_the_story(), *coherent_set(3).values()]:
        schema.assertValid(etree.fromstring(data))


def test_messages_are_signed_and_repeatable() -> None:
    first = story_message("O01", "CEB621")
    assert verifies(first)
    assert story_message("O01", "CEB621") == first
    assert story_message("O01", "CEB621", buyerName="王示例") != first


def test_another_run_shares_no_number() -> None:
    numbers = {"guid", "orderNo", "copNo", "logisticsNo", "payTransactionId"}
    for type_ in TYPES:
        one, other = (read(story_message("O01", type_, run=run)) for run in ("1", "2"))
        assert one.guid != other.guid
        head, other_head = one.documents[0].head, other.documents[0].head
        assert all(head[name] != other_head[name] for name in numbers & head.keys())


def test_an_order_of_the_story_adds_up() -> None:
    for key, told in ORDERS.items():
        head = read(story_message(key, "CEB311")).documents[0].head
        goods, freight, discount, tax = (
            Decimal(head[n]) for n in ("goodsValue", "freight", "discount", "taxTotal")
        )
        assert goods + freight + tax - discount == Decimal(head["acturalPaid"]) == told.actural_paid


def test_the_first_payment_of_o10_is_short_and_its_correction_is_not() -> None:
    assert read(story_set("O10")["CEB411"]).documents[0].head["amountPaid"] == "129.00"
    corrected = read(story_correction("O10")["CEB411"]).documents[0].head
    assert (corrected["amountPaid"], corrected["appType"]) == ("140.74", "2")


def test_several_orders_in_one_message() -> None:
    message = read(story_batch(["O01", "O02"], "CEB621"))
    assert [document.index for document in message.documents] == [1, 2]


def test_invented_people_have_well_formed_numbers_and_differ() -> None:
    sales = coherent_sales(200, seed=5)
    assert all(id_number_valid(sale.buyer.id_number) for sale in sales)
    assert len({sale.buyer.id_number for sale in sales}) == 200
    assert all(id_number_valid(buyer.id_number) for buyer in BUYERS.values())

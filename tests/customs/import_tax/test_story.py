"""The twelve orders of the demo data, to the fen, with the rates of the shipped tariff lines."""

from __future__ import annotations

from decimal import Decimal as D
from typing import NamedTuple

import pytest

from customs.import_tax.rules import assess
from customs.import_tax.values import OrderLine, OrderValue

# SKU → HS code, content of one unit sold
GOODS = {
    "IM01": ("1901101090", "800", "g"),
    "IM02": ("3304990039", "30", "ml"),
    "IM03": ("3304990029", "50", "g"),
    "IM04": ("3304990049", "5", "sheet"),
    "IM05": ("3303000020", "50", "ml"),
    "IM06": ("2204210000", "750", "ml"),
    "IM07": ("2208300000", "700", "ml"),
    "IM08": ("2106909090", "0.18", "kg"),
    "IM09": ("1509200000", "1", "l"),
    "IM10": ("4202210090", "1", "piece"),
}


class Order(NamedTuple):
    number: str
    lines: str
    freight: str
    used: str
    regime: str
    dutiable_value: str
    tariff: str
    consumption_tax: str
    vat: str
    total: str


WITHIN = "within_limit"
ORDERS = [
    Order("O01", "IM01×6@218.00 IM08×2@129.00", "0", "0", WITHIN, "1566.00", "0", "0", "142.51", "142.51"),
    Order("O02", "IM03×1@700.00", "20.00", "0", WITHIN, "720.00", "0", "88.94", "77.08", "166.02"),
    Order("O03", "IM06×6@168.00", "30.00", "0", WITHIN, "1038.00", "0", "80.73", "104.95", "185.68"),
    Order("O04", "IM07×1@480.00", "0", "0", WITHIN, "480.00", "0", "84.56", "54.67", "139.23"),
    Order("O05", "IM09×3@98.00", "12.00", "0", WITHIN, "306.00", "0", "0", "19.28", "19.28"),
    Order("O06", "IM10×1@6000.00", "0", "0", "full_tax", "6000.00", "360.00", "0", "826.80", "1186.80"),
    Order("O07", "IM02×1@296.00", "5.00", "0", WITHIN, "301.00", "0", "37.18", "32.22", "69.40"),
    Order("O09", "IM01×2@218.00", "0", "0", WITHIN, "436.00", "0", "0", "39.68", "39.68"),
    Order("O10", "IM08×1@129.00", "0", "0", WITHIN, "129.00", "0", "0", "11.74", "11.74"),
    Order("O11", "IM04×4@60.00 IM08×1@129.00", "0", "0", WITHIN, "369.00", "0", "0", "33.58", "33.58"),
    Order("O12", "IM05×1@620.00", "12.00", "0", WITHIN, "632.00", "0", "78.07", "67.66", "145.73"),
]


def order_of(written: str, freight: str) -> OrderValue:
    lines = []
    for word in written.split():
        sku, rest = word.split("×")
        quantity, price = rest.split("@")
        hs, content, unit = GOODS[sku]
        lines.append(OrderLine(hs, D(price), D(quantity), sku, D(content), unit))  # type: ignore[arg-type]
    return OrderValue(tuple(lines), freight=D(freight))


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: order.number)
def test_an_order_of_the_story(order: Order, today, story_rates) -> None:
    result = assess(order_of(order.lines, order.freight), story_rates, today, D(order.used))
    assert not result.problems
    assert result.regime == order.regime
    assert result.dutiable_value == D(order.dutiable_value)
    assert result.tariff == D(order.tariff)
    assert result.consumption_tax == D(order.consumption_tax)
    assert result.vat == D(order.vat)
    assert result.total == D(order.total)


def test_o08_is_refused_for_the_year_and_its_tax_is_what_an_unused_limit_would_give(
    today, story_rates
) -> None:
    order = order_of("IM01×2@218.00", "0")
    refused = assess(order, story_rates, today, D("25800.00"))
    assert refused.regime == "refused"
    assert [reason.code for reason in refused.reasons] == ["import_tax.over_yearly_limit"]
    assert (refused.tariff, refused.consumption_tax, refused.vat, refused.total) == (None,) * 4
    assert refused.used_after == D("25800.00")
    assert assess(order, story_rates, today).total == D("39.68")


def test_lines_of_an_order_with_two_goods(today, story_rates) -> None:
    o01 = assess(order_of("IM01×6@218.00 IM08×2@129.00", "0"), story_rates, today)
    o11 = assess(order_of("IM04×4@60.00 IM08×1@129.00", "0"), story_rates, today)
    assert [line.total for line in o01.lines] == [D("119.03"), D("23.48")]
    assert [line.total for line in o11.lines] == [D("21.84"), D("11.74")]


def test_what_the_buyers_have_used_after_the_story(today, story_rates) -> None:
    used = D(0)
    for written, freight in (("IM01×6@218.00 IM08×2@129.00", "0"), ("IM02×1@296.00", "5.00")):
        used = assess(order_of(written, freight), story_rates, today, used).used_after
    assert used == D("1867.00")

"""The goods of a declaration: what is typed beside what is on file, and the sums."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext_noop as _

from accounts.models import Company
from customs.export.currencies import letters
from filing.selectors import FiledGood, goods_by_item
from reference.problems import Problem
from reference.selectors import Rate, RateMissing, exchange_rate

FEN = Decimal("0.01")
GOODS = "goods"


@dataclass(frozen=True, slots=True)
class GoodsLine:
    """One line; `filed` None: not on file. Amount = quantity × price, to the cent, half up."""

    gnum: int
    item_no: str
    quantity: Decimal
    unit_price: Decimal
    filed: FiledGood | None

    @property
    def amount(self) -> Decimal:
        """In the currency of the sale."""
        return (self.quantity * self.unit_price).quantize(FEN, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Sum:
    """What the goods come to. `cny` is the sum of lines converted one by one; None without a rate."""

    amount: Decimal
    rate: Rate | None
    cny: Decimal | None


def lines_of(company: Company, values: Mapping[str, Any], on: date) -> list[GoodsLine]:
    """Lines that can be read, with the goods as filed on that day; one query."""
    rows = [(number, row) for number, row in enumerate(values.get(GOODS) or (), 1)]
    filed = goods_by_item(company, [str(row.get("item_no", "")) for _number, row in rows], on)
    return [
        GoodsLine(
            number,
            str(row["item_no"]),
            Decimal(row["quantity"]),
            Decimal(row["unit_price"]),
            filed.get(str(row["item_no"])),
        )
        for number, row in rows
        if {"item_no", "quantity", "unit_price"} <= row.keys()
    ]


def sum_of(lines: Sequence[GoodsLine], currency: str, on: date) -> Sum:
    """Total, rate of the month, and total in CNY."""
    amount = sum((line.amount for line in lines), Decimal(0))
    try:
        rate = exchange_rate(letters(currency), on, "month")
    except RateMissing:
        return Sum(amount, None, None)
    converted = [(line.amount * rate.value).quantize(FEN, ROUND_HALF_UP) for line in lines]
    return Sum(amount, rate, sum(converted, Decimal(0)))


def problems_of(lines: Sequence[GoodsLine], mode: str) -> list[Problem]:
    """Goods that are not on file, are filed for other modes, or come to nothing."""
    found = []
    for line in lines:
        path = f"/{GOODS}/{line.gnum}"
        if line.filed is None:
            text = _("{item} is not among the exporter's filed goods: file it first.")
            found.append(Problem("b2b.goods_unfiled", f"{path}/item_no", text, {"item": line.item_no}))
        elif mode and mode not in line.filed.trade_modes:
            text = _("{item} is filed for {modes}, not for {mode}.")
            params = {"item": line.item_no, "modes": ", ".join(line.filed.trade_modes), "mode": mode}
            found.append(Problem("b2b.goods_mode", f"{path}/item_no", text, params, "warning"))
        if line.amount <= 0:
            text = _("Quantity and price come to nothing.")
            found.append(Problem("b2b.goods_amount", f"{path}/unit_price", text))
    return found

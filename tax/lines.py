"""An export line as the rules of the exemption see it, in plain values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Protocol


class ClosedLine(Protocol):
    """What customs' export desk knows of one line of an inventory list (`customs.export.selectors`)."""

    @property
    def list_no(self) -> str: ...
    @property
    def gnum(self) -> int: ...
    @property
    def export_date(self) -> date | None: ...
    @property
    def closed_on(self) -> date | None: ...
    @property
    def item_no(self) -> str: ...
    @property
    def goods_name(self) -> str: ...
    @property
    def hs(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def quantity(self) -> Decimal | None: ...
    @property
    def unit_price(self) -> Decimal | None: ...
    @property
    def amount(self) -> Decimal | None: ...
    @property
    def declared_amount(self) -> Decimal | None: ...
    @property
    def currency(self) -> str: ...
    @property
    def statistics_flag(self) -> str: ...
    @property
    def customs_office(self) -> str: ...
    @property
    def trade_mode(self) -> str: ...
    @property
    def order_no(self) -> str: ...
    @property
    def returned_on(self) -> date | None: ...


Key = tuple[str, int]  # the list number and the line in it: what is exempted once

# The six particulars of the platform record (rules R3.01), in the order of the notice.
SIX = ("export_date", "goods_name", "unit", "quantity", "unit_price", "amount")


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Why two officials took a line out when they settled the differences of a comparison."""

    comparison_no: str
    reason: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """One line with everything the rules ask. Amounts are in `currency`; None or "" is missing.

    `hs10`: from the goods filing, "" when the good is not filed. `registered_since`: None when the company is
    not registered in the pilot zone. `exempted_in`: the month in which another declaration exempted the line.
    `exclusion`: the tax authority took the line out of a declaration and has not let it in again.
    `list_amount`: what customs' list says, where `amount` is the platform's record.
    """

    list_no: str
    gnum: int
    export_date: date | None
    closed_on: date | None
    item_no: str
    goods_name: str
    hs: str
    unit: str
    quantity: Decimal | None
    unit_price: Decimal | None
    amount: Decimal | None
    currency: str
    statistics_flag: str
    customs_office: str
    trade_mode: str
    order_no: str = ""
    returned_on: date | None = None
    hs10: str = ""
    registered_since: date | None = None
    invoice_held: bool = False
    invoice_no: str = ""
    exempted_in: date | None = None
    exclusion: Exclusion | None = None
    list_amount: Decimal | None = None

    @property
    def key(self) -> Key:
        """List number and line."""
        return self.list_no, self.gnum

    @property
    def path(self) -> str:
        """The key as people read it."""
        return f"{self.list_no}/{self.gnum}"

    @property
    def missing(self) -> tuple[str, ...]:
        """Which of the six particulars the platform's record lacks."""
        return tuple(name for name in SIX if getattr(self, name) in (None, ""))

    def completed(self, fields: dict[str, object]) -> Candidate:
        """With the particulars that were missing; what customs' list says is never overwritten."""
        return replace(self, **{k: v for k, v in fields.items() if k in self.missing})  # type: ignore[arg-type]


def of_closed(line: ClosedLine) -> Candidate:
    """A line of a list as a candidate, before records and filings are looked up."""
    return Candidate(
        list_no=line.list_no,
        gnum=line.gnum,
        export_date=line.export_date,
        closed_on=line.closed_on,
        item_no=line.item_no,
        goods_name=line.goods_name,
        hs=line.hs,
        unit=line.unit,
        quantity=line.quantity,
        unit_price=line.unit_price,
        amount=line.amount,
        currency=line.currency,
        statistics_flag=line.statistics_flag,
        customs_office=line.customs_office,
        trade_mode=line.trade_mode,
        order_no=line.order_no,
        returned_on=line.returned_on,
        list_amount=line.declared_amount,
    )

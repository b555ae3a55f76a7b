"""October 2026 of exporter F as closed lines, and sources that answer from them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from accounts.models import Company
from tax.sources import Rate

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
HS = {
    "EX01": "6301400000", "EX02": "5702420000", "EX04": "6302211000", "EX05": "4202220000", "EX06": "6109100021",
    "EX07": "3926909090", "EX08": "6702903000", "EX09": "9205909000", "EX10": "8541430000",
}  # fmt: skip
# number, day of October, item, goods, quantity, unit, price, amount
ROWS = """1 10 EX01 合纤绒毯 2 015 14.50 29.00
2 10 EX06 棉T恤衫 3 011 9.90 29.70
3 11 EX04 棉制印花床单 1 015 27.80 27.80
4 12 EX07 塑料手机壳 5 007 4.25 21.25
5 12 EX05 纺织面手提包 1 007 33.60 33.60
6 13 EX08 化纤人造花 4 013 6.75 27.00
7 14 EX09 口琴 1 009 41.00 41.00
8 15 EX02 化纤地毯 1 017 58.40 58.40
9 16 EX01 合纤绒毯 1 015 14.50 14.50
10 17 EX10 折叠太阳能板 1 007 96.00 96.00
11 18 EX06 棉T恤衫 2 011 9.90 19.80
12 19 EX04 棉制印花床单 2 015 27.80 55.60
13 20 EX07 塑料手机壳 10 007 4.25 42.50
14 21 EX05 纺织面手提包 2 007 33.60 67.20
15 22 EX08 化纤人造花 2 013 6.75 13.50
16 23 EX09 口琴 2 009 41.00 82.00
17 26 EX02 化纤地毯 1 017 58.40 58.40
18 28 EX01 合纤绒毯 3 015 14.50 43.50
19 30 EX06 棉T恤衫 4 011 9.90 39.60
20 31 EX04 棉制印花床单 1 - 27.80 27.80"""


@dataclass(frozen=True, slots=True)
class Closed:
    """A closed line as the export desk hands it out."""

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
    currency: str = "USD"
    statistics_flag: str = "A"
    customs_office: str = "0213"
    trade_mode: str = "9610"
    order_no: str = ""
    returned_on: date | None = None
    list_says: Decimal | None = None

    @property
    def declared_amount(self) -> Decimal | None:
        """What customs' list says; the same as the record, unless a test says otherwise."""
        return self.amount if self.list_says is None else self.list_says


def _line(text: str) -> Closed:
    number, day, item, name, quantity, unit, price, amount = text.split()
    n, exported = int(number), date(2026, 10, int(day))
    office = "0101" if n == 15 else "0213"
    return Closed(
        list_no=f"{office}2026E{n:09d}", gnum=1, export_date=exported,
        closed_on=date(2026, 11, 2) if n == 19 else exported, item_no=item, goods_name=name, hs=HS[item][:4],
        unit="" if unit == "-" else unit, quantity=Decimal(quantity), unit_price=Decimal(price),
        amount=Decimal(amount), statistics_flag="B" if n == 17 else "A", customs_office=office,
        returned_on=date(2026, 11, 6) if n == 14 else None,
    )  # fmt: skip


def october() -> list[Closed]:
    """The twenty lines of the story."""
    return [_line(text) for text in ROWS.splitlines()]


def key(number: int) -> tuple[str, int]:
    """The key of the line of that number in the story."""
    return october()[number - 1].list_no, 1


class Story:
    """Sources that answer from a list of lines; a test may change them."""

    def __init__(self, lines: list[Closed] | None = None, *, since: date | None = date(2026, 8, 31)) -> None:
        self.lines = october() if lines is None else lines
        self.since = since
        self.filed = dict(HS)

    def give_back(self, number: int, on: date) -> None:
        """The line of that number came back."""
        self.lines[number - 1] = replace(self.lines[number - 1], returned_on=on)

    def closed_lines(self, company: Company, month: date) -> Sequence[Closed]:
        def of(day: date | None) -> bool:
            return day is not None and day.replace(day=1) == month

        return [line for line in self.lines if of(line.export_date) or of(line.closed_on)]

    def months_closed(self, companies: Collection[Company], since: date) -> set[tuple[int, date]]:
        closed = {line.closed_on.replace(day=1) for line in self.lines if line.closed_on}
        return {(company.pk, month) for company in companies for month in closed if month >= since}

    def codes(
        self, company: Company, wanted: Mapping[date, Collection[str]]
    ) -> Mapping[tuple[date, str], str]:
        return {
            (day, one): self.filed[one] for day, ones in wanted.items() for one in ones if one in self.filed
        }

    def registered_since(self, company: Company) -> date | None:
        return self.since

    def month_rate(self, currency: str, month: date) -> Rate | None:
        return Rate(Decimal("7.0500"), "demo", "unverified") if currency == "USD" else None

    def next_working_day(self, day: date) -> date:
        while day.weekday() >= 5:
            day += timedelta(days=1)
        return day

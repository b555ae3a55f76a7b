"""What this room asks of others, in one place: lines of closed lists, filed goods, registrations, rates, the calendar.

Services and pages ask `get()`; tests and the demonstration connect their own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from accounts.models import Company
from customs.export.selectors import candidate_lines, months_closed
from filing.models import EnterpriseRecord, Register
from filing.selectors import goods_by_item
from reference import calendar, selectors
from tax.law import law
from tax.lines import ClosedLine

Dated = tuple[date, str]  # a day, and the item number of a good as it was filed on it


@dataclass(frozen=True, slots=True)
class Rate:
    """CNY for one unit of a currency in a month, and where it comes from."""

    value: Decimal
    source: str
    standing: str


class Sources(Protocol):
    """Answers of other rooms."""

    def closed_lines(self, company: Company, month: date) -> Sequence[ClosedLine]:
        """Lines exported or closed in that month, whichever customs office."""
        ...

    def months_closed(self, companies: Collection[Company], since: date) -> set[tuple[int, date]]:
        """(company's id, month): where there are closed lists of retail exports; for many companies at once."""
        ...

    def codes(self, company: Company, wanted: Mapping[date, Collection[str]]) -> Mapping[Dated, str]:
        """(day, item number) → the ten-digit code of the good as filed on that day; without those not filed."""
        ...

    def registered_since(self, company: Company) -> date | None:
        """Since when the company is registered in the pilot zone; None: it is not."""
        ...

    def month_rate(self, currency: str, month: date) -> Rate | None:
        """The rate of the month; None when none is known."""
        ...

    def next_working_day(self, day: date) -> date:
        """The day itself, or the first working day after it."""
        ...


class Rooms:
    """The rooms below this one."""

    def closed_lines(self, company: Company, month: date) -> Sequence[ClosedLine]:
        """Of the company's export lists."""
        return candidate_lines(company, month)

    def months_closed(self, companies: Collection[Company], since: date) -> set[tuple[int, date]]:
        """By the modes of the notice in force."""
        rule = law().rule("exemption", since)
        modes = rule.value if rule and isinstance(rule.value, list) else []
        return months_closed(companies, modes, since)

    def codes(self, company: Company, wanted: Mapping[date, Collection[str]]) -> Mapping[Dated, str]:
        """By the versions of the goods on file; one query a day."""
        return {
            (day, item_no): good.hs10
            for day, item_nos in wanted.items()
            for item_no, good in goods_by_item(company, item_nos, day).items()
        }

    def registered_since(self, company: Company) -> date | None:
        """By the pilot-zone record in force."""
        rows = EnterpriseRecord.objects.in_force().filter(company=company, register=Register.PILOT_ZONE)
        return rows.order_by("since").values_list("since", flat=True).first()

    def month_rate(self, currency: str, month: date) -> Rate | None:
        """The month rate in force on its first day."""
        try:
            found = selectors.exchange_rate(currency, month, "month")
        except selectors.RateMissing:
            return None
        return Rate(found.value, found.source, found.standing)

    def next_working_day(self, day: date) -> date:
        """By the Chinese calendar."""
        return calendar.next_working_day(day)


_connected: list[Sources] = [Rooms()]


def get() -> Sources:
    """Whoever answers now."""
    return _connected[-1]


@contextmanager
def connected(sources: Sources) -> Iterator[None]:
    """Let something else answer for a while."""
    _connected.append(sources)
    try:
        yield
    finally:
        _connected.remove(sources)

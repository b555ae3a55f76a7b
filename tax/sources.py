"""What this room asks of others, in one place: lines of closed lists, filed goods, registrations, rates, the calendar.

Services and pages ask `get()`; tests and the demonstration connect their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from accounts.models import Company
from customs.export.selectors import candidate_lines
from filing.models import EnterpriseRecord, Register
from filing.selectors import goods
from reference import calendar, selectors
from tax.lines import ClosedLine


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

    def hs10(self, company: Company, item_no: str, on: date) -> str:
        """The ten-digit code of the filed good; "" when it is not filed."""
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

    def hs10(self, company: Company, item_no: str, on: date) -> str:
        """By the version of the good on file that held on that day."""
        found = goods(company, item_no, on)
        return found.hs10 if found else ""

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

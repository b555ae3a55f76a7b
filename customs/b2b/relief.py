"""Exported goods that come back: whether customs lets them in as returned, and whether they are free of tax. Pure.

Two clocks (R12.05, R12.06): customs allows the return within a year of release; import duty, VAT and consumption
tax are relieved within six months of export, for goods that are no food and come back as they left. Export tax that
was refunded is paid back first.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Clocks:
    """The limits of the day of export. `relief_months` 0: no relief for exports of that day.

    `modes`: supervision modes in which customs takes returns (9710 is not named in GACC 2020-44: contested).
    """

    return_months: int
    relief_months: int
    modes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Returned:
    """Goods at the border. `repaid`: refunded export tax was paid back, or none had been refunded."""

    mode: str
    released_on: date
    exported_on: date
    returned_on: date
    food: bool
    as_is: bool
    repaid: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """`against`: why customs does not take them as a return; `unrelieved`: why tax is due. Codes, all of them."""

    against: tuple[str, ...]
    unrelieved: tuple[str, ...]
    last_day: date
    relief_last_day: date | None

    @property
    def allowed(self) -> bool:
        """Customs takes them as a return."""
        return not self.against

    @property
    def relieved(self) -> bool:
        """No import duty, VAT and consumption tax."""
        return self.allowed and not self.unrelieved


def months_after(day: date, months: int) -> date:
    """The same day so many months later; the last of that month where there is none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def decide(one: Returned, clocks: Clocks) -> Decision:
    """Both clocks and every condition; last days are included."""
    last = months_after(one.released_on, clocks.return_months)
    relief = months_after(one.exported_on, clocks.relief_months) if clocks.relief_months else None
    against = {
        "return.mode": one.mode not in clocks.modes,
        "return.early": one.returned_on < one.exported_on,
        "return.late": one.returned_on > last,
    }
    unrelieved = {
        "relief.none": relief is None,
        "relief.late": relief is not None and one.returned_on > relief,
        "relief.food": one.food,
        "relief.changed": not one.as_is,
        "relief.unpaid": not one.repaid,
    }
    return Decision(
        tuple(code for code, holds in against.items() if holds),
        tuple(code for code, holds in unrelieved.items() if holds),
        last,
        relief,
    )

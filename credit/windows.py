"""For how long a fact stands in public, and from when its repair may be asked (R6.04). Pure.

Periods run in months from the date of the ruling document. A month without the corresponding day ends with its
last day: 31 January and three months is 30 April. Whether the corresponding day itself belongs to the period is
left open by the sources; the parameter `publication_boundary` says how it is read here.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from credit.values import Known

Boundary = Literal["corresponding_day", "day_after"]
MONTHS = 12


@dataclass(frozen=True, slots=True)
class WindowRule:
    """Months of one class. `min_months` None: repair as soon as the duties are done; `always`: published as a rule."""

    min_months: int | None
    max_months: int
    always: bool
    boundary: Boundary = "corresponding_day"


@dataclass(frozen=True, slots=True)
class Window:
    """`ends_on`: the first day on which it no longer stands in public. `repair_from`: the first day to ask."""

    begins_on: date
    repair_from: date
    ends_on: date
    is_public: bool

    def shows(self, day: date) -> bool:
        """Whether the fact stands in public on that day, if nothing else happened to it."""
        return self.is_public and self.begins_on <= day < self.ends_on

    def repair_open(self, day: date) -> bool:
        """Whether repair may be asked on that day."""
        return day >= self.repair_from


def add_months(day: date, months: int) -> date:
    """The corresponding day so many months later, else the last day of that month."""
    year, month = divmod(day.year * MONTHS + day.month - 1 + months, MONTHS)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def end_of(day: date, months: int, boundary: Boundary) -> date:
    """The first day after a period of so many months."""
    corresponding = add_months(day, months)
    return corresponding if boundary == "corresponding_day" else corresponding + timedelta(days=1)


def window(ruled_on: date, rule: WindowRule, *, made_public: bool = False) -> Window:
    """The period of a fact ruled on that day."""
    soonest = ruled_on if rule.min_months is None else end_of(ruled_on, rule.min_months, rule.boundary)
    return Window(
        begins_on=ruled_on,
        repair_from=soonest,
        ends_on=end_of(ruled_on, rule.max_months, rule.boundary),
        is_public=rule.always or made_public,
    )


def is_public(one: Known, its: Window | None, day: date) -> bool:
    """Whether anybody may read of the fact on that day: in its period, neither withdrawn nor repaired by then."""
    if its is None or one.is_withdrawn:
        return False
    repaired = one.repaired_on is not None and one.repaired_on <= day
    return its.shows(day) and not repaired

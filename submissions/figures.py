"""What desks add to the overview of a company: figures with their charts, and duties of the coming days.

A desk registers through `submissions/registry.py`; the page is `portal`'s. Everything is asked for one company,
and shown to who holds the permission named. A total equals the rows behind it: `Figure.value` counts in the
database, `Figure.table` breaks the same population down.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Literal

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Company
from accounts.permissions import Permission

Text = str | Promise
Number = Decimal | int
ChartKind = Literal["bar", "line", "stacked", "rows"]  # rows: bars that lie, for long names
DutyState = Literal["due", "late", "done"]

# The parts of the overview in their order; a desk may use a heading of its own, which comes after these.
FILING: Text = _("Filing")
DECLARATIONS: Text = _("Declarations")
TAXES: Text = _("Taxes")
FOREIGN_EXCHANGE: Text = _("Foreign exchange")
RECORD: Text = _("Integrity record")
GROUPS: tuple[Text, ...] = (FILING, DECLARATIONS, TAXES, FOREIGN_EXCHANGE, RECORD)


@dataclass(frozen=True, slots=True)
class Period:
    """Days of the portal's time zone, both ends included."""

    since: date
    until: date

    @property
    def after(self) -> date:
        """The day after the last one."""
        return self.until + timedelta(days=1)

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """Its first moment and the first one after it."""
        since, after = (datetime.combine(day, time.min) for day in (self.since, self.after))
        return timezone.make_aware(since), timezone.make_aware(after)

    def months(self) -> list[date]:
        """The first day of each month that the period touches, oldest first."""
        found, month = [], self.since.replace(day=1)
        while month <= self.until:
            found.append(month)
            month = (month + timedelta(days=32)).replace(day=1)
        return found


@dataclass(frozen=True, slots=True)
class Table:
    """The numbers behind a chart: its table on the page and its CSV are made of nothing else.

    `head`: the word for the categories, then a name for each series. A row: the category, then its numbers;
    None where there is no number.
    """

    head: tuple[Text, ...]
    rows: Sequence[tuple[str, tuple[Number | None, ...]]]


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the overview, over a period.

    `value`: None says "cannot be said" (never a made-up zero); a word where what is told is no number.
    `unit`: "CNY", "USD" … shows two decimals, any
    other word stands behind the number as it is. `note`: what is counted, and from which day.
    `table` with `chart` draws it; `url` leads to the rows counted.
    """

    code: str
    group: Text
    label: Text
    value: Callable[[Company, Period], Number | str | None]
    unit: Text = ""
    note: Text = ""
    table: Callable[[Company, Period], Table] | None = None
    chart: ChartKind = "bar"
    url: Callable[[Company, Period], str] | None = None
    permission: Permission = Permission.SUBMISSION_READ
    rank: int = 0


@dataclass(frozen=True, slots=True)
class DutyItem:
    """Something a company must do by a day."""

    day: date
    text: Text
    url: str = ""
    state: DutyState = "due"


@dataclass(frozen=True, slots=True)
class Duty:
    """A sort of duty. `due` gives what falls due up to and including a day, and what is late; done left out."""

    code: str
    label: Text
    due: Callable[[Company, date], Iterable[DutyItem]]
    permission: Permission = Permission.SUBMISSION_READ


_figures: dict[str, Figure] = {}
_duties: dict[str, Duty] = {}


def register_figure(figure: Figure) -> None:
    """A number of the overview; the last registration of a code counts."""
    _figures[figure.code] = figure


def figures() -> tuple[Figure, ...]:
    """All numbers, by rank and then as registered."""
    return tuple(sorted(_figures.values(), key=lambda figure: figure.rank))


def figure(code: str) -> Figure | None:
    """The number of that code."""
    return _figures.get(code)


def register_duty(duty: Duty) -> None:
    """A sort of duty; the last registration of a code counts."""
    _duties[duty.code] = duty


def duties() -> tuple[Duty, ...]:
    """All sorts of duties."""
    return tuple(_duties.values())

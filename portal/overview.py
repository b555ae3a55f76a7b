"""One overview of a company: the figures and duties that all desks registered, for one period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from accounts.models import Company
from accounts.principals import Principal
from submissions import figures
from submissions.figures import Duty, DutyItem, Figure, Number, Period, Table
from submissions.tables import chart_of

COMING = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure with its numbers."""

    figure: Figure
    value: Number | str | None
    table: Table | None
    url: str
    csv_url: str

    @property
    def is_money(self) -> bool:
        """Whether the unit is a currency (ISO 4217)."""
        return is_currency(str(self.figure.unit))

    @property
    def chart(self) -> dict[str, Any]:
        """What the chart draws, as JSON; the same numbers as in the table."""
        if self.table is None:
            return {}
        return chart_of(self.table, self.figure.chart, self.figure.label, self.figure.unit)


def is_currency(unit: str) -> bool:
    """Three capitals."""
    return len(unit) == len("CNY") and unit.isascii() and unit.isupper()


def open_figures(principal: Principal) -> list[Figure]:
    """The figures this reader may see."""
    return [one for one in figures.figures() if principal.may(one.permission)]


def grouped(principal: Principal, company: Company, period: Period) -> list[tuple[str, list[Shown]]]:
    """Heading by heading, in the order of the overview; headings of desks' own come last."""
    found: dict[str, list[Shown]] = {str(group): [] for group in figures.GROUPS}
    for figure in open_figures(principal):
        found.setdefault(str(figure.group), []).append(shown(figure, company, period))
    return [(group, rows) for group, rows in found.items() if rows]


def shown(figure: Figure, company: Company, period: Period) -> Shown:
    """One figure, counted."""
    table = figure.table(company, period) if figure.table else None
    url = figure.url(company, period) if figure.url else ""
    days = {"figure": figure.code, "since": period.since.isoformat(), "until": period.until.isoformat()}
    csv_url = f"{reverse('overview_csv')}?{urlencode(days)}"
    return Shown(figure, figure.value(company, period), table, url, csv_url)


def duties(principal: Principal, company: Company, today: date) -> list[tuple[Duty, DutyItem]]:
    """What is late, and what falls due within the coming 30 days; the earliest first."""
    until = today + COMING
    found = [
        (duty, item)
        for duty in figures.duties()
        if principal.may(duty.permission)
        for item in duty.due(company, until)
        if item.day <= until and item.state != "done"
    ]
    return sorted(found, key=lambda pair: pair[1].day)

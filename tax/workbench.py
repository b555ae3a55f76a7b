"""This room's numbers on the workbench: months to be declared, to be corrected, being compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Literal

from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Company
from submissions.registry import Counter
from tax import sources
from tax.models import IN_FORCE, UNDER_WAY, ExemptedLine, ExemptionDeclaration
from tax.selectors import SERVICE, Sheet, months, sheet
from tax.services.declare import changed_since

if TYPE_CHECKING:
    from accounts.principals import Principal

Row = tuple[date, ExemptionDeclaration | None]
Tab = Literal["declare", "correct", "compare"]
FOR_OTHERS = 92  # days looked back for companies one acts for


def _months(company: Company, today: date, *, declared: bool) -> Iterator[date]:
    """The last twelve months with or without a version in force, none being compared; from the registration on.

    Before it nothing is exempt. Months are told apart first, so that a sheet is worked out only where it is asked.
    """
    since = sources.get().registered_since(company)
    if since is None:
        return
    states = (*IN_FORCE, *UNDER_WAY)
    rows = ExemptionDeclaration.objects.filter(company=company, state__in=states)
    found: dict[date, set[str]] = {}
    for month, state in rows.values_list("month", "state"):
        found.setdefault(month, set()).add(state)
    for month, _latest in months(company, today):
        known = found.get(month, set())
        if month >= since.replace(day=1) and bool(known) is declared and not known & set(UNDER_WAY):
            yield month


def _touched(company: Company, today: date) -> set[date]:
    """Months with closed lists or with goods that came back: only there can be something to declare."""
    since = (today.replace(day=1) - timedelta(days=366)).replace(day=1)
    closed = {month for _pk, month in sources.get().months_closed([company], since)}
    back = ExemptedLine.objects.filter(
        company=company, reversed_because="returned", reversed_month__gte=since
    )
    return closed | {month for month in back.values_list("reversed_month", flat=True) if month}


def to_declare(company: Company, today: date) -> list[Sheet]:
    """Months with something to declare and no version in force or being compared, newest first."""
    touched = _touched(company, today)
    open_months = _months(company, today, declared=False)
    found = (sheet(company, month) for month in open_months if month in touched)
    return [one for one in found if one.exempt or one.reversals]


def to_correct(company: Company, today: date) -> list[Sheet]:
    """Months in force whose lines would be declared otherwise today, newest first."""
    found = (sheet(company, month) for month in _months(company, today, declared=True))
    return [one for one in found if (one.exempt or one.reversals) and changed_since(one)]


def rows(tab: str, company: Company, today: date) -> list[Row]:
    """The months of a tab as the page lists them; every month of the last twelve for any other word."""
    if tab == "compare":
        return [(one.month, one) for one in under_way(company)]
    every = months(company, today)
    if tab in _SHEETS:
        wanted = {one.month for one in _SHEETS[tab](company, today)}
        return [row for row in every if row[0] in wanted]
    return every


def under_way(company: Company) -> list[ExemptionDeclaration]:
    """Versions that are not settled, the newest month first, however old."""
    return list(ExemptionDeclaration.objects.filter(company=company, state__in=UNDER_WAY).order_by("-month"))


_SHEETS: dict[str, Callable[[Company, date], list[Sheet]]] = {"declare": to_declare, "correct": to_correct}


def for_others(principal: Principal, today: date) -> list[tuple[Company, date]]:
    """Months that are over and not declared, of companies whose mandate the reader's company holds, oldest first.

    By closed lists alone, in a fixed number of queries: whether a line is exempt its sheet says.
    """
    others = principal.acting_for(SERVICE) - {principal.company.pk if principal.company else 0}
    companies = {one.pk: one for one in Company.objects.filter(pk__in=others)}
    first, since = today.replace(day=1), (today - timedelta(days=FOR_OTHERS)).replace(day=1)
    closed = sources.get().months_closed(list(companies.values()), since) if companies else set()
    states = (*IN_FORCE, *UNDER_WAY)
    rows = ExemptionDeclaration.objects.filter(company__in=companies, month__gte=since, state__in=states)
    declared = set(rows.values_list("company_id", "month"))
    found = sorted((one for one in closed - declared if one[1] < first), key=lambda one: (one[1], one[0]))
    return [(companies[pk], month) for pk, month in found]


def _count_for_others(principal: Principal) -> int:
    return len(for_others(principal, timezone.localdate()))


def counters() -> Iterable[Counter]:
    """What the company has to do, and what the tax authority has in hand."""
    told: list[tuple[Tab, object, Literal["action", "progress"]]] = [
        ("declare", _("months of exemption to be declared"), "action"),
        ("correct", _("months of exemption whose lines have changed"), "action"),
        ("compare", _("months of exemption before the tax authority"), "progress"),
    ]
    others = _("months of exemption to be declared for others")
    yield Counter("exemption-others", others, "action", _count_for_others, partial(url, "others"))
    yield from [
        Counter(f"exemption-{tab}", label, where, partial(count, tab), partial(url, tab))  # type: ignore[arg-type]
        for tab, label, where in told
    ]


def count(tab: Tab, principal: Principal) -> int:
    """How many rows the page shows under that tab."""
    company = principal.company
    if company is None:
        return 0
    if tab == "compare":
        return ExemptionDeclaration.objects.filter(company=company, state__in=UNDER_WAY).count()
    return len(_SHEETS[tab](company, timezone.localdate()))


def url(tab: str, principal: Principal) -> str:
    """The months of the tab; empty where no pages are mounted."""
    try:
        return f"{reverse('exemptions')}?tab={tab}"
    except NoReverseMatch:
        return ""

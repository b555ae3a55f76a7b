"""This room's figures on a company's overview: import lists, their dutiable value and their tax.

A list is the company's when it is declarant, e-commerce firm or platform of it; payment and logistics firms are
told neither value nor tax. A version that a later one replaced is not counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncDate, TruncMonth
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Company
from accounts.permissions import Permission
from customs.models import DocumentState, Inventory
from customs.workbench import ACTION, DONE, PROGRESS
from reference.selectors import parameters
from submissions.figures import DECLARATIONS, TAXES, Duty, DutyItem, Figure, Number, Period, Table

MONTH = _("Month")
TAX_COLUMNS = ("tariff", "consumption_tax", "vat")


def figures() -> list[Figure]:
    """What `registration.register` registers."""
    read = Permission.CEB_READ
    return [
        Figure(
            "import-lists", DECLARATIONS, _("Import inventory lists received"), lists_count,
            note=_("By the day the portal received them; versions replaced by a later one are not counted."),
            table=lists_table, chart="stacked", url=lists_url, permission=read, rank=20,
        ),
        Figure(
            "import-released", DECLARATIONS, _("Import inventory lists released"), released_count,
            note=_("By the day of customs' release."), permission=read, rank=21,
        ),
        Figure(
            "import-value", DECLARATIONS, _("Dutiable value of released imports"), value, unit="CNY",
            note=_("Worked out by the portal; by the day of customs' release."),
            table=value_table, permission=read, rank=22,
        ),
        Figure(
            "import-tax", TAXES, _("Import tax on released lists"), tax, unit="CNY",
            note=_("Worked out by the portal; customs' tax bill decides. By the day of customs' release."),
            table=tax_table, chart="stacked", permission=read, rank=30,
        ),
    ]  # fmt: skip


def duties() -> list[Duty]:
    """When customs draw the import tax that the company guaranteed."""
    return [Duty("import-tax-drawn", _("Import tax"), drawn, permission=Permission.CEB_READ)]


def drawn(company: Company, until: date) -> Iterator[DutyItem]:
    """Tax of each day's released lists by the last day of its collection (R1.14), for who guaranteed it.

    Whether customs have drawn it the portal is not told: what is past is not said.
    """
    today = timezone.localdate()
    for day, count, total in _guaranteed(company, today):
        rules = parameters(day)
        first, last = (
            day + timedelta(days=rule.value)
            for rule in (rules.collection_first_day, rules.collection_last_day)
        )
        if today <= last <= until:
            text = gettext(
                "CNY {total} of {count} lists released on {day}: drawn from the guarantee from {first} on"
            )
            told = text.format(total=f"{total:,}", count=count, day=day, first=first)
            yield DutyItem(last, told, f"{reverse('customs_lists')}?tab=done")


def _guaranteed(company: Company, today: date) -> list[tuple[date, int, Decimal]]:
    """Day of release, lists and tax, oldest first, as far back as collection may still be to come."""
    since = today - timedelta(days=parameters(today).collection_last_day.value)
    rows = Inventory.objects.filter(
        assure_code__in=company.codes, parties__contains=[company.pk], tax_total__gt=0,
        released_at__gte=Period(since, today).moments[0],
    ).exclude(state=DocumentState.SUPERSEDED)  # fmt: skip
    days = rows.annotate(day=TruncDate("released_at")).values_list("day")
    return list(days.annotate(count=Count("pk"), total=Sum("tax_total")).order_by("day"))


def lists_of(company: Company) -> QuerySet[Inventory]:
    """The company's lists, in no order."""
    codes = sorted(company.codes)
    own = Q(agent_code__in=codes) | Q(ebc_code__in=codes) | Q(ebp_code__in=codes)
    rows = Inventory.objects.filter(own, parties__contains=[company.pk])
    return rows.exclude(state=DocumentState.SUPERSEDED)


def received(company: Company, period: Period) -> QuerySet[Inventory]:
    """Those received in the period."""
    since, after = period.moments
    return lists_of(company).filter(message__received_at__gte=since, message__received_at__lt=after)


def released(company: Company, period: Period) -> QuerySet[Inventory]:
    """Those customs released in the period, whatever has become of them since."""
    since, after = period.moments
    return lists_of(company).filter(released_at__gte=since, released_at__lt=after)


def lists_count(company: Company, period: Period) -> Number:
    """How many were received."""
    return received(company, period).count()


def released_count(company: Company, period: Period) -> Number:
    """How many were released."""
    return released(company, period).count()


def value(company: Company, period: Period) -> Number:
    """Their dutiable value in CNY."""
    return released(company, period).aggregate(total=Sum("dutiable_value"))["total"] or Decimal(0)


def tax(company: Company, period: Period) -> Number:
    """Their import tax in CNY."""
    return released(company, period).aggregate(total=Sum("tax_total"))["total"] or Decimal(0)


def lists_table(company: Company, period: Period) -> Table:
    """Received lists by month, and by whose turn it is now."""
    groups = {"action": ACTION, "progress": PROGRESS, "done": DONE}
    counts = {name: Count("pk", filter=Q(state__in=states)) for name, states in groups.items()}
    rows = received(company, period).annotate(month=TruncMonth("message__received_at"))
    found: dict[str, dict[str, Any]] = {
        month_of(row["month"]): dict(row) for row in rows.values("month").annotate(**counts)
    }
    head = (MONTH, _("to be corrected"), _("under way"), _("decided"))
    return Table(head, [(m, tuple(found.get(m, {}).get(g, 0) for g in groups)) for m in months_of(period)])


def value_table(company: Company, period: Period) -> Table:
    """Dutiable value by month of release."""
    found = _sums(company, period, ("dutiable_value",))
    return Table(
        (MONTH, _("Dutiable value (CNY)")), [(m, found.get(m, (Decimal(0),))) for m in months_of(period)]
    )


def tax_table(company: Company, period: Period) -> Table:
    """Tax by month of release: tariff, consumption tax, VAT."""
    found = _sums(company, period, TAX_COLUMNS)
    head = (MONTH, _("Tariff (CNY)"), _("Consumption tax (CNY)"), _("VAT (CNY)"))
    none = (Decimal(0),) * len(TAX_COLUMNS)
    return Table(head, [(m, found.get(m, none)) for m in months_of(period)])


def lists_url(company: Company, period: Period) -> str:
    """The lists themselves."""
    return f"{reverse('customs_lists')}?since={period.since}&until={period.until}"


def _sums(company: Company, period: Period, columns: tuple[str, ...]) -> dict[str, tuple[Number, ...]]:
    rows = released(company, period).annotate(month=TruncMonth("released_at")).values("month")
    sums: Any = rows.annotate(**{f"sum_{name}": Sum(name) for name in columns})
    return {
        month_of(row["month"]): tuple(row[f"sum_{name}"] or Decimal(0) for name in columns) for row in sums
    }


def month_of(moment: datetime) -> str:
    """The month as tables write it."""
    return f"{timezone.localtime(moment):%Y-%m}"


def months_of(period: Period) -> list[str]:
    """Every month of the period as tables write it."""
    return [f"{month:%Y-%m}" for month in period.months()]

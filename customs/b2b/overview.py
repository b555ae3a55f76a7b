"""This desk's figures on a company's overview: exports by mode, and how far their documents agree."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Company
from accounts.permissions import Permission
from customs.b2b.rules import DIRECT, MODES, WAREHOUSE
from customs.models import B2BDeclaration, B2BDocuments
from customs.models.b2b import B2BState
from submissions.figures import DECLARATIONS, Figure, Number, Period, Table, Text

MONTH = _("Month")
GONE = (B2BState.REFUSED, B2BState.WITHDRAWN)


def figures() -> list[Figure]:
    """What `registration.register` registers."""
    read = Permission.SUBMISSION_READ
    return [
        Figure(
            "b2b-exported", DECLARATIONS, _("B2B exports (9710, 9810)"), exported_value, unit="CNY",
            note=_("Closed customs declarations by day of export, at customs' rate of the month; goods that came "
                   "back are not taken off."),
            table=value_table, chart="stacked", url=list_url, permission=read, rank=26,
        ),
        Figure(
            "b2b-count", DECLARATIONS, _("B2B exports, declarations"), exported_count,
            note=_("Closed customs declarations by day of export."),
            table=count_table, chart="stacked", url=list_url, permission=read, rank=27,
        ),
        Figure(
            "b2b-matched", DECLARATIONS, _("B2B declarations with three agreeing documents"), matched_rate, unit="%",
            note=_("Order or booking, waybill and payment that name one another, by day of declaration. No "
                   "authority has published the criteria."),
            table=matched_table, chart="stacked", permission=read, rank=28,
        ),
    ]  # fmt: skip


def exported(company: Company, period: Period) -> QuerySet[B2BDeclaration]:
    """Declarations whose goods left in the period."""
    rows = B2BDeclaration.objects.filter(company=company, state=B2BState.CLOSED)
    return rows.filter(export_date__gte=period.since, export_date__lte=period.until)


def exported_value(company: Company, period: Period) -> Number:
    """CNY of what left."""
    return exported(company, period).aggregate(total=Sum("cny"))["total"] or Decimal(0)


def exported_count(company: Company, period: Period) -> Number:
    """How many declarations were closed."""
    return exported(company, period).count()


def value_table(company: Company, period: Period) -> Table:
    """CNY by month of export and mode."""
    found = _by_mode(company, period, Sum("cny"))
    head = (MONTH, _("9710 to businesses (CNY)"), _("9810 to overseas warehouses (CNY)"))
    return Table(
        head, [(m, tuple(found.get((m, mode), Decimal(0)) for mode in MODES)) for m in _months(period)]
    )


def count_table(company: Company, period: Period) -> Table:
    """Declarations by month of export and mode."""
    found = _by_mode(company, period, Count("pk"))
    head = (MONTH, DIRECT, WAREHOUSE)
    return Table(head, [(m, tuple(found.get((m, mode), 0) for mode in MODES)) for m in _months(period)])


def _by_mode(company: Company, period: Period, what: Any) -> dict[tuple[str, str], Number]:
    rows = exported(company, period).annotate(month=TruncMonth("export_date"))
    found = rows.values("month", "trade_mode").annotate(found=what).order_by()
    return {(_month(row["month"]), row["trade_mode"]): row["found"] or Decimal(0) for row in found}


def declared(company: Company, period: Period) -> QuerySet[B2BDeclaration]:
    """Declarations of the period that were neither refused nor withdrawn."""
    rows = B2BDeclaration.objects.filter(company=company).exclude(state__in=GONE)
    return rows.filter(declared_on__gte=period.since, declared_on__lte=period.until)


def matched_rate(company: Company, period: Period) -> Number | None:
    """Per cent with all three documents; None when nothing was declared."""
    three = Count("pk", filter=Q(documents=B2BDocuments.THREE))
    sums = declared(company, period).aggregate(all=Count("pk"), three=three)
    return (Decimal(100) * sums["three"] / sums["all"]).quantize(Decimal("0.1")) if sums["all"] else None


def matched_table(company: Company, period: Period) -> Table:
    """Declarations by month and by how many documents agree."""
    groups = {code: Count("pk", filter=Q(documents=code)) for code in B2BDocuments.values}
    rows = declared(company, period).annotate(month=TruncMonth("declared_on")).values("month")
    found: dict[str, dict[str, Any]] = {_month(row["month"]): dict(row) for row in rows.annotate(**groups)}
    head: tuple[Text, ...] = (MONTH, *(document.label for document in B2BDocuments))
    rows_ = [
        (m, tuple(found.get(m, {}).get(code, 0) for code in B2BDocuments.values)) for m in _months(period)
    ]
    return Table(head, rows_)


def list_url(company: Company, period: Period) -> str:
    """The declarations themselves."""
    return reverse("b2b_declarations")


def _month(day: date) -> str:
    return f"{day:%Y-%m}"


def _months(period: Period) -> list[str]:
    return [f"{month:%Y-%m}" for month in period.months()]

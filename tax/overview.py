"""This room's figures and duties on a company's overview: months of the exemption, by the month declared.

A month counts whole when the period touches it. Exempted is what the versions in force say after the comparison;
what is excluded is judged as the rules and records stand now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal

from django.db.models import Case, F, QuerySet, Sum, Value, When
from django.db.models.functions import Round
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Company
from submissions.figures import TAXES, Duty, DutyItem, Figure, Number, Period, Table
from tax import sources
from tax.deadline import deadline
from tax.deemed import deemed
from tax.law import law
from tax.models import IN_FORCE, UNDER_WAY, DeclaredLine, ExemptionDeclaration
from tax.selectors import Sheet, sheet, total
from tax.workbench import to_correct, to_declare

MONTH = _("Month")
NOTHING = Decimal(0)
_D = DeclaredLine.Decision


def figures() -> list[Figure]:
    """What `registration.register` registers."""
    return [
        Figure(
            "exemption-exempted", TAXES, _("Exports exempted without invoice"), exempted, unit="CNY",
            note=_("Months compared and in force, as settled; goods that came back are taken off in their month."),
            table=exempted_table, url=_months_url, rank=40,
        ),
        Figure(
            "exemption-under-way", TAXES, _("Exports declared exempt, being compared"), under_way, unit="CNY",
            note=_("Versions that the tax authority has not answered yet, or whose differences are not settled."),
            url=_months_url, rank=41,
        ),
        Figure(
            "exemption-excluded", TAXES, _("Export lines not exempt"), excluded, unit="CNY",
            note=_("Lines exported or closed in the month, judged as the rules and records stand now."),
            table=excluded_table, url=_months_url, rank=42,
        ),
        Figure(
            "exemption-deemed", TAXES, _("Deemed income of exempted exports"), deemed_income, unit="CNY",
            note=_("If the exempted exports of the period were the revenue of the year; rate of its last day."),
            rank=43,
        ),
    ]  # fmt: skip


def duties() -> list[Duty]:
    """What has to be declared, and what can still be corrected before the filing day."""
    return [
        Duty("exemption-declare", _("Exemption without invoice"), due),
        Duty("exemption-correct", _("Correction of the exemption"), corrections),
    ]


def lines_in_force(company: Company, period: Period) -> QuerySet[DeclaredLine]:
    """Lines of the versions in force of the period's months, reversals among them."""
    return DeclaredLine.objects.filter(
        declaration__company=company,
        declaration__month__in=period.months(),
        declaration__state__in=IN_FORCE,
    )


# `selectors.effective_cny` in the database: customs' figure where that was decided, nothing when excluded.
_EFFECTIVE = Case(
    When(decision=_D.EXCLUDE, then=Value(NOTHING)),
    When(decision=_D.CUSTOMS, customs_amount__isnull=False, then=Round(F("customs_amount") * F("rate"), 2)),
    default=F("cny"),
)


def exempted(company: Company, period: Period) -> Number:
    """What stands exempted, in CNY."""
    return lines_in_force(company, period).aggregate(total=Sum(_EFFECTIVE))["total"] or NOTHING


def exempted_table(company: Company, period: Period) -> Table:
    """The same, by month."""
    rows = lines_in_force(company, period).values("declaration__month").annotate(total=Sum(_EFFECTIVE))
    found = {row["declaration__month"]: row["total"] for row in rows}
    return _by_month(_("Exempted (CNY)"), period, lambda month: found.get(month, NOTHING))


def under_way(company: Company, period: Period) -> Number:
    """What is declared and not settled, in CNY."""
    rows = ExemptionDeclaration.objects.filter(
        company=company, month__in=period.months(), state__in=UNDER_WAY
    )
    return rows.aggregate(total=Sum("cny"))["total"] or NOTHING


def excluded(company: Company, period: Period) -> Number:
    """What is not exempt of the period's months, in CNY."""
    return sum((total(found.excluded).cny for found in _sheets(company, period)), NOTHING)


def excluded_table(company: Company, period: Period) -> Table:
    """The same, by month."""
    found = {one.month: total(one.excluded).cny for one in _sheets(company, period)}
    return _by_month(_("Not exempt (CNY)"), period, lambda month: found.get(month, NOTHING))


def _sheets(company: Company, period: Period) -> Iterator[Sheet]:
    """Sheets of the months in which anything was exported or closed."""
    for month in period.months():
        if sources.get().closed_lines(company, month):
            yield sheet(company, month)


def deemed_income(company: Company, period: Period) -> Number | None:
    """Taxable income deemed of what stands exempted; None when no rate is known for the day."""
    revenue = exempted(company, period)
    found = deemed(max(Decimal(revenue), NOTHING), law(), period.until)
    return found.income if found else None


def due(company: Company, until: date) -> Iterator[DutyItem]:
    """Months with exempt lines that are not declared, by the filing day of the following month."""
    today = timezone.localdate()
    for found in to_declare(company, today):
        day = deadline(found.month, law())
        if day <= until:
            text = gettext("Declare the exemption of {month}").format(month=f"{found.month:%Y-%m}")
            yield DutyItem(day, text, _month_url(found.month), "late" if day < today else "due")


def corrections(company: Company, until: date) -> Iterator[DutyItem]:
    """Declared months whose lines have changed since, while their filing day is still to come."""
    today = timezone.localdate()
    for found in to_correct(company, today):
        day = deadline(found.month, law())
        if today <= day <= until:
            text = gettext(
                "The lines of {month} have changed since they were declared: correct the declaration"
            )
            yield DutyItem(day, text.format(month=f"{found.month:%Y-%m}"), _month_url(found.month))


def _by_month(name: object, period: Period, of: Callable[[date], Number]) -> Table:
    return Table((MONTH, str(name)), [(f"{month:%Y-%m}", (of(month),)) for month in period.months()])


def _month_url(month: date) -> str:
    return f"{reverse('exemption_month')}?month={month:%Y-%m}"


def _months_url(company: Company, period: Period) -> str:
    return reverse("exemptions")

"""The four indicators of R4.07: page with the rows behind each figure, and the rows as CSV."""

from __future__ import annotations

import csv
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.decorators import requires
from accounts.permissions import Permission
from forex.forms import PeriodForm
from forex.indicator_rows import Report, report
from forex.views.payments import own_company

YEAR = timedelta(days=364)


def _asked(request: HttpRequest) -> tuple[PeriodForm, date, date]:
    """The period asked for; the last twelve months when none can be read."""
    today = timezone.localdate()
    plain = {"since": (today - YEAR).isoformat(), "until": today.isoformat()}
    form = PeriodForm(request.GET if "since" in request.GET else plain)
    if form.is_valid() and form.cleaned_data["since"] <= form.cleaned_data["until"]:
        return form, form.cleaned_data["since"], form.cleaned_data["until"]
    return form, today - YEAR, today


def _figures(found: Report) -> list[tuple[str, object, object, bool, bool]]:
    """Name, as received, grossed up, and whether each is outside its band."""
    names = {
        "difference": _("Total difference, USD"),
        "difference_ratio": _("Ratio of total difference"),
        "money_to_goods": _("Money to goods"),
        "credit_ratio": _("Ratio of reported trade credit"),
    }
    return [
        (
            text,
            getattr(found.plain, name),
            getattr(found.gross, name),
            name in found.outside_plain,
            name in found.outside_gross,
        )
        for name, text in names.items()
    ]


@never_cache
@require_safe
@requires(Permission.FOREX_READ)
def indicators_page(request: HttpRequest) -> HttpResponse:
    """The company's own indicators of a period."""
    form, since, until = _asked(request)
    found = report(own_company(request), since, until)
    names = {
        "exports": _("Exports"),
        "inward": _("Inward payments"),
        "undeclared": _("Not declared yet, not counted"),
    }
    context = {
        "form": form,
        "report": found,
        "figures": _figures(found),
        "rows": [(names[row.figure], row) for row in found.rows],
    }
    return render(request, "forex/indicators.html", context)


@never_cache
@require_safe
@requires(Permission.FOREX_READ)
def indicators_csv(request: HttpRequest) -> HttpResponse:
    """The rows behind the figures."""
    _form, since, until = _asked(request)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="fx-indicators.csv"'
    answer.write("\ufeff")
    writer = csv.writer(answer)
    writer.writerow(["figure", "number", "day", "currency", "amount", "usd", "gross_usd"])
    for row in report(own_company(request), since, until).rows:
        writer.writerow([row.figure, row.number, row.day, row.currency, row.amount, row.usd, row.gross_usd])
    return answer

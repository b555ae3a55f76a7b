"""The overview of the company one acts for, and each of its tables as CSV."""

from __future__ import annotations

import csv

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.decorators import requires
from accounts.permissions import Permission
from portal import overview as overviews
from portal.forms import PeriodForm
from submissions.views import person


@never_cache
@require_safe
@requires(Permission.SUBMISSION_READ)
def overview(request: HttpRequest) -> HttpResponse:
    """Figures of a period, and what falls due; officials have a desk of their own."""
    principal, today = person(request), timezone.localdate()
    if principal.company is None:
        return redirect("workbench")
    form = PeriodForm(request.GET)
    period = form.period(today)
    context = {
        "company": principal.company,
        "form": PeriodForm(initial={"since": period.since, "until": period.until})
        if form.is_valid()
        else form,
        "period": period,
        "groups": overviews.grouped(principal, principal.company, period),
        "duties": overviews.duties(principal, principal.company, today),
    }
    return render(request, "portal/overview.html", context)


@never_cache
@require_safe
@requires(Permission.SUBMISSION_READ)
def tables_csv(request: HttpRequest) -> HttpResponse:
    """The table behind one chart (`?figure=`), or all of them one below the other."""
    principal = person(request)
    company = principal.company
    if company is None:
        return redirect("workbench")
    wanted = request.GET.get("figure", "")
    asked = [one for one in overviews.open_figures(principal) if one.table and wanted in ("", one.code)]
    if wanted and not asked:
        raise Http404
    period = PeriodForm(request.GET).period(timezone.localdate())
    # The byte order mark: spreadsheets then read Chinese.
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    name = f"{wanted or 'overview'}-{period.since}-{period.until}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    writer = csv.writer(answer)
    for figure in asked:
        if not wanted:
            writer.writerow([str(figure.label)])
        writer.writerows(overviews.csv_rows(figure, company, period))
    return answer

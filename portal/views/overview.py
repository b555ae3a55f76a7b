"""The overview of the company one acts for, and each of its tables as CSV."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.decorators import requires
from accounts.permissions import Permission
from portal import overview as overviews
from submissions.forms import PeriodForm
from submissions.reading import one_reading
from submissions.tables import csv_answer
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
    with one_reading():
        groups = overviews.grouped(principal, principal.company, period)
        duties = overviews.duties(principal, principal.company, today)
    context = {
        "company": principal.company,
        "form": PeriodForm(initial={"since": period.since, "until": period.until})
        if form.is_valid()
        else form,
        "period": period,
        "groups": groups,
        "duties": duties,
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
    name = f"{wanted or 'overview'}-{period.since}-{period.until}"
    titles = {one.code: "" if wanted else one.label for one in asked}
    with one_reading():
        tables = [(titles[one.code], one.table(company, period)) for one in asked if one.table is not None]
    return csv_answer(name, tables)

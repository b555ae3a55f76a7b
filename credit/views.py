"""Pages of integrity records: the public query, the formula, and what a company sees about itself."""

from __future__ import annotations

import csv
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.decorators import requires
from accounts.models import Company
from accounts.permissions import Permission
from credit import selectors
from credit.forms import DayForm, SearchForm
from credit.formula import NoFormula, formulas
from credit.models import Look
from credit.throttles import wait_for
from credit.window_rules import dated_rules
from credit.workbench import REPAIRABLE, is_repairable
from reference.selectors import code_name
from submissions.views import person

PAGE, DEEPEST = 20, 50  # companies on a page; pages one can turn
LOOKS = 50


def _too_many(request: HttpRequest, seconds: int) -> HttpResponse:
    context = {"form": SearchForm(), "seconds": seconds}
    answer = render(request, "credit/search.html", context, status=429)
    answer["Retry-After"] = str(seconds)
    return answer


@never_cache
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Who may be asked about, by name or code; open to everyone."""
    form = SearchForm(request.GET if "q" in request.GET else None)
    context: dict[str, Any] = {"form": form, "searched": False}
    if form.is_valid():
        if seconds := wait_for(request):
            return _too_many(request, seconds)
        found = selectors.companies_named(form.cleaned_data["q"])[: PAGE * DEEPEST]
        sheet = Paginator(found, PAGE).get_page(request.GET.get("page"))
        context |= {"searched": True, "sheet": sheet, "rows": _rows(list(sheet.object_list))}
    return render(request, "credit/search.html", context, status=400 if form.errors else 200)


def _rows(companies: list[Company]) -> list[tuple[Company, selectors.Standing, str]]:
    """Each company with how it stands, and customs' level in words."""
    standings = selectors.standings([one.pk for one in companies], timezone.localdate())
    found = [(one, standings[one.pk]) for one in companies]
    return [(one, its, _level_name(its)) for one, its in found]


def _level_name(its: selectors.Standing) -> str:
    return code_name("customs_level", its.customs_level, its.level_since) if its.customs_level else ""


@never_cache
@require_safe
def public_record(request: HttpRequest, uscc: str) -> HttpResponse:
    """What anybody may read of a company today."""
    if seconds := wait_for(request):
        return _too_many(request, seconds)
    company, today = get_object_or_404(Company, uscc=uscc), timezone.localdate()
    context = {
        "company": company,
        "level": selectors.level_on(company, today),
        "score": selectors.score_of(company, today),
        "rows": selectors.public_rows(company, today),
        "today": today,
    }
    return render(request, "credit/public.html", context)


@never_cache
@require_safe
def public_csv(request: HttpRequest, uscc: str) -> HttpResponse:
    """The same records as a table for spreadsheets."""
    if seconds := wait_for(request):
        return _too_many(request, seconds)
    company = get_object_or_404(Company, uscc=uscc)
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="records-{company.uscc}.csv"'
    write = csv.writer(answer).writerow
    write([_("Document"), _("Kind of record"), _("Class"), _("Date of the ruling"), _("Source agency"),
           _("What happened"), _("Public until"), _("Under objection")])  # fmt: skip
    for row in selectors.public_rows(company, timezone.localdate()):
        fact = row.fact
        until = row.public_until.isoformat() if row.public_until else ""
        disputed = _("yes") if row.known.is_disputed else _("no")
        cells = [fact.document_no, fact.type_name, fact.get_severity_display(), fact.ruled_on.isoformat(),
                 fact.agency.display_name, fact.words, until, disputed]  # fmt: skip
        write([_plain(cell) for cell in cells])
    return answer


def _plain(cell: object) -> str:
    """A spreadsheet takes a cell that begins so for a formula."""
    text = str(cell)
    return f"'{text}" if text[:1] in "=+-@\t\r" else text


@require_safe
def formula(request: HttpRequest) -> HttpResponse:
    """The formula of the score and the periods of publication, in every edition."""
    return render(request, "credit/formula.html", {"formulas": formulas()[::-1], "rules": dated_rules()})


@never_cache
@require_safe
@requires(Permission.SUBMISSION_READ)
def own(request: HttpRequest) -> HttpResponse:
    """Everything about one's own company, also what is not public: records, score explained, who looked."""
    company = person(request).company
    if company is None:  # officials have their own page for it
        return redirect("workbench")
    form = DayForm(request.GET or None)
    day = (form.is_valid() and form.cleaned_data["on"]) or timezone.localdate()
    context = {
        "form": form,
        "actions": person(request).may(Permission.SUBMISSION_WRITE),
        **whole(company, day),
    }
    if request.GET.get("show") == REPAIRABLE:
        context |= {"rows": [pair for pair in context["rows"] if is_repairable(pair[0])], "narrowed": True}
    return render(request, "credit/own.html", context)


def whole(company: Company, day: date) -> dict[str, Any]:
    """What those see who may see everything."""
    try:
        score = selectors.score_of(company, day)
    except NoFormula:
        score = None
    rows = selectors.rows_of(company, day)
    by_fact = {part.known.fact.id: part for part in score.parts} if score else {}
    return {
        "company": company,
        "day": day,
        "today": timezone.localdate(),
        "score": score,
        "level": selectors.level_on(company, day),
        "levels": selectors.levels_of(company),
        "rows": [(row, by_fact.get(row.fact.pk)) for row in rows],
        "looks": Look.objects.filter(company=company).select_related("agency").order_by("-at")[:LOOKS],
    }

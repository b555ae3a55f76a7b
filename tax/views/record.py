"""The platform's record of a line: invoices held, singly or by file, and particulars that were missing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.decorators import requires
from accounts.permissions import Permission
from reference import sheets
from reference.problems import Problem, Refused
from submissions.views import person
from tax import services
from tax.firms import Firm, firm_of, key_of, month_of
from tax.invoices import services as invoices
from tax.invoices.rules import COLUMNS
from tax.lines import Key
from tax.rules import FIELDS
from tax.views.month import sheet_page


@never_cache
@require_POST
@requires(Permission.SUBMISSION_WRITE)
def exemption_invoices(request: HttpRequest) -> HttpResponse:
    """Mark lines whose purchase invoice is held, or take the mark away."""
    month, firm = month_of(request.POST.get("month", "")), firm_of(request)
    keys = [key for text in request.POST.getlist("line") if (key := key_of(text)) is not None]
    if month is None:
        return redirect(firm.url("exemptions"))
    held, by = request.POST.get("held") == "1", services.acting(person(request), firm.company)
    try:
        count = services.mark_invoices(company=firm.company, month=month, keys=keys, held=held, by=by)
    except Refused as refused:
        return sheet_page(request, firm, month, refused.problems)
    messages.success(request, ngettext("{n} line changed.", "{n} lines changed.", count).format(n=count))
    return redirect(firm.url("exemption_month", month))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.SUBMISSION_WRITE)
def exemption_invoice_file(request: HttpRequest) -> HttpResponse:
    """Mark lines by a file of invoices: all of it or nothing, every fault of every row named."""
    asked = request.POST if request.method == "POST" else request.GET
    month, firm = month_of(asked.get("month", "")), firm_of(request)
    if month is None:
        return redirect(firm.url("exemptions"))
    problems: Sequence[Problem] = ()
    if request.method == "POST":
        problems = _take_file(request, firm, month)
        if not problems:
            return redirect(firm.url("exemption_month", month))
    context = {
        "firm": firm,
        "month": month,
        "problems": problems,
        "columns": COLUMNS,
        "template_url": firm.url("exemption_invoice_template", month),
        "month_url": firm.url("exemption_month", month),
        "months_url": firm.url("exemptions"),
    }
    return render(request, "tax/invoice_file.html", context, status=422 if problems else 200)


def _take_file(request: HttpRequest, firm: Firm, month: date) -> Sequence[Problem]:
    document = request.FILES.get("document")
    if document is None:
        return [Problem("invoices.file.none", "/", _("Choose a file."))]
    try:
        marked = invoices.mark_from_file(
            document.read(sheets.MAX_BYTES + 1),
            name=document.name or "",
            company=firm.company,
            month=month,
            by=services.acting(person(request), firm.company),
        )
    except Refused as refused:
        return refused.problems
    said = _("{rows} invoices read, {changed} lines changed.")
    messages.success(request, said.format(rows=marked.rows, changed=marked.changed))
    return ()


@never_cache
@require_safe
@requires(Permission.SUBMISSION_WRITE)
def exemption_invoice_template(request: HttpRequest) -> HttpResponse:
    """The month's lines as a workbook in which only the invoices are to be filled in."""
    month, firm = month_of(request.GET.get("month", "")), firm_of(request)
    if month is None:
        return redirect(firm.url("exemptions"))
    answer = HttpResponse(invoices.template(firm.company, month), content_type=sheets.XLSX_DOWNLOAD)
    answer["Content-Disposition"] = f'attachment; filename="invoices-{month:%Y-%m}.xlsx"'
    return answer


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.SUBMISSION_WRITE)
def exemption_complete(request: HttpRequest) -> HttpResponse:
    """Complete what the platform's record of one line lacks."""
    asked = request.POST if request.method == "POST" else request.GET
    month, key, firm = month_of(asked.get("month", "")), key_of(asked.get("line", "")), firm_of(request)
    if month is None or key is None:
        return redirect(firm.url("exemptions"))
    found = services.preflight(firm.company, month).sheet
    line = next((row.candidate for row in found.lines if row.candidate.key == key), None)
    if line is None:
        raise Http404
    given = {name: request.POST.get(name, "") for name in line.missing}
    problems: Sequence[Problem] = ()
    if request.method == "POST":
        problems = _complete(request, firm, month, key, given)
        if not problems:
            messages.success(request, _("The record is complete; the line has been judged anew."))
            return redirect(firm.url("exemption_month", month))
    context = {
        "firm": firm,
        "month": month,
        "month_url": firm.url("exemption_month", month),
        "line": line,
        "fields": [(name, FIELDS[name], given[name]) for name in line.missing],
        "reason": request.POST.get("reason", ""),
        "problems": problems,
    }
    return render(request, "tax/complete.html", context, status=422 if problems else 200)


def _complete(
    request: HttpRequest, firm: Firm, month: date, key: Key, given: dict[str, str]
) -> Sequence[Problem]:
    try:
        services.complete_record(
            company=firm.company,
            month=month,
            key=key,
            fields={name: text for name, text in given.items() if text.strip()},
            reason=request.POST.get("reason", ""),
            by=services.acting(person(request), firm.company),
        )
    except Refused as refused:
        return refused.problems
    return ()

"""Pages of the exemption: the months, a month's sheet, a declaration with its comparison."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.decorators import requires
from accounts.models import Company
from accounts.permissions import Permission
from reference.problems import Problem, Refused
from submissions import papers
from submissions.models import Paper
from submissions.paper_views import pdf_response
from submissions.views import person
from tax import services, workbench
from tax.deadline import deadline
from tax.deemed import deemed
from tax.law import law
from tax.lines import Key
from tax.models import ExemptionDeclaration
from tax.papers import OBJECT, RESULTS
from tax.rules import FIELDS
from tax.selectors import total, visible_to

LONGEST = 4  # digits of a line's number


def _company(request: HttpRequest) -> Company:
    company = person(request).company
    if company is None:
        raise Http404
    return company


def _month(text: str) -> date | None:
    """The first day of "2026-10"."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return None


def _key(text: str) -> Key | None:
    """The key written as "list number/line"."""
    list_no, _slash, gnum = text.rpartition("/")
    return (list_no, int(gnum)) if list_no and gnum.isdecimal() and len(gnum) <= LONGEST else None


def _sheet_url(month: date) -> str:
    return f"{reverse('exemption_month')}?month={month:%Y-%m}"


@never_cache
@require_safe
@requires(Permission.SUBMISSION_READ, Permission.NOTICE_READ)
def exemptions(request: HttpRequest) -> HttpResponse:
    """The last twelve months, each with its filing day and what was declared; `?tab=` narrows to the workbench's."""
    today, tab = timezone.localdate(), request.GET.get("tab", "")
    rows = [
        {"month": month, "due": deadline(month, law()), "declaration": declared}
        for month, declared in workbench.rows(tab, _company(request), today)
    ]
    return render(request, "tax/months.html", {"rows": rows, "today": today, "tab": tab})


@never_cache
@require_safe
@requires(Permission.SUBMISSION_READ, Permission.NOTICE_READ)
def exemption_month(request: HttpRequest) -> HttpResponse:
    """A month's lines: exempt or not and why, what they come to, and what declaring would say."""
    month = _month(request.GET.get("month", ""))
    return redirect("exemptions") if month is None else _sheet_page(request, month)


def _sheet_page(
    request: HttpRequest, month: date, problems: Sequence[Problem] = (), *, remark: str = "", reason: str = ""
) -> HttpResponse:
    ready = services.preflight(_company(request), month)
    found = ready.sheet
    context = {
        "ready": ready,
        "sheet": found,
        "month": month,
        "problems": problems,
        "every": total(found.lines),
        "exempt": total(found.exempt),
        "excluded": total(found.excluded),
        "deemed": deemed(found.cny, law(), month) if found.cny > 0 else None,
        "remark": remark,
        "reason": reason,
    }
    return render(request, "tax/month.html", context, status=422 if problems else 200)


@never_cache
@require_POST
@requires(Permission.SUBMISSION_WRITE)
def exemption_invoices(request: HttpRequest) -> HttpResponse:
    """Mark lines whose purchase invoice is held, or take the mark away."""
    month = _month(request.POST.get("month", ""))
    keys = [key for text in request.POST.getlist("line") if (key := _key(text)) is not None]
    if month is None:
        return redirect("exemptions")
    held, by = request.POST.get("held") == "1", person(request).actor
    try:
        count = services.mark_invoices(company=_company(request), month=month, keys=keys, held=held, by=by)
    except Refused as refused:
        return _sheet_page(request, month, refused.problems)
    messages.success(request, ngettext("{n} line changed.", "{n} lines changed.", count).format(n=count))
    return redirect(_sheet_url(month))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.SUBMISSION_WRITE)
def exemption_complete(request: HttpRequest) -> HttpResponse:
    """Complete what the platform's record of one line lacks."""
    asked = request.POST if request.method == "POST" else request.GET
    month, key = _month(asked.get("month", "")), _key(asked.get("line", ""))
    if month is None or key is None:
        return redirect("exemptions")
    found = services.preflight(_company(request), month).sheet
    line = next((row.candidate for row in found.lines if row.candidate.key == key), None)
    if line is None:
        raise Http404
    given = {name: request.POST.get(name, "") for name in line.missing}
    problems: Sequence[Problem] = ()
    if request.method == "POST":
        problems = _complete(request, month, key, given)
        if not problems:
            messages.success(request, _("The record is complete; the line has been judged anew."))
            return redirect(_sheet_url(month))
    context = {
        "month": month,
        "line": line,
        "fields": [(name, FIELDS[name], given[name]) for name in line.missing],
        "reason": request.POST.get("reason", ""),
        "problems": problems,
    }
    return render(request, "tax/complete.html", context, status=422 if problems else 200)


def _complete(request: HttpRequest, month: date, key: Key, given: dict[str, str]) -> Sequence[Problem]:
    try:
        services.complete_record(
            company=_company(request),
            month=month,
            key=key,
            fields={name: text for name, text in given.items() if text.strip()},
            reason=request.POST.get("reason", ""),
            by=person(request).actor,
        )
    except Refused as refused:
        return refused.problems
    return ()


@never_cache
@require_POST
@requires(Permission.SUBMISSION_WRITE)
def exemption_declare(request: HttpRequest) -> HttpResponse:
    """Declare the month as it was shown."""
    month = _month(request.POST.get("month", ""))
    if month is None:
        return redirect("exemptions")
    principal = person(request)
    reason, remark = request.POST.get("reason", ""), request.POST.get("remark", "")
    try:
        row = services.declare(
            company=_company(request),
            month=month,
            by=principal.actor,
            user=principal.user,
            digest=request.POST.get("digest", "-"),
            reason=reason,
            remark=remark,
        )
    except Refused as refused:
        return _sheet_page(request, month, refused.problems, remark=remark, reason=reason)
    return redirect("exemption_declaration", declaration_id=row.pk)


def _declaration(request: HttpRequest, declaration_id: UUID) -> ExemptionDeclaration:
    return get_object_or_404(visible_to(person(request)), pk=declaration_id)


@never_cache
@require_safe
@requires(Permission.SUBMISSION_READ, Permission.NOTICE_READ)
def exemption_declaration(request: HttpRequest, declaration_id: UUID) -> HttpResponse:
    """A declaration, line by line beside what the comparison said."""
    row = _declaration(request, declaration_id)
    versions = visible_to(person(request)).filter(company=row.company_id, month=row.month)
    context = {
        "row": row,
        "lines": list(row.lines.all()),
        "versions": list(versions.order_by("-version")),
        "words": row.words_en if get_language() == "en" else row.words_zh,
        "has_result": row.compared_at is not None and row.state in RESULTS,
    }
    return render(request, "tax/declaration.html", context)


@never_cache
@require_safe
@requires(Permission.SUBMISSION_READ, Permission.NOTICE_READ)
def exemption_comparison(request: HttpRequest, declaration_id: UUID) -> HttpResponse:
    """The result of the comparison as a paper that anyone can verify."""
    row = _declaration(request, declaration_id)
    try:
        paper = papers.ensure(
            Paper.Kind.CERTIFICATE,
            row.submission,
            by=person(request).actor,
            object_type=OBJECT,
            object_id=str(row.pk),
        )
    except Refused as refused:
        return render(request, "papers/refused.html", {"problems": refused.problems}, status=409)
    return pdf_response(paper, f"exemption-{row.month:%Y-%m}-v{row.version}")

"""The months, a month's sheet, and declaring it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.decorators import requires
from accounts.permissions import Permission
from reference.problems import Problem, Refused
from submissions.views import person
from tax import services, workbench
from tax.deadline import deadline
from tax.deemed import deemed
from tax.firms import Firm, firm_of, firms, month_of
from tax.law import law
from tax.models import ExemptionDeclaration
from tax.selectors import total

PAGE = 100  # lines; the totals are always those of the whole month


@never_cache
@require_safe
@requires(Permission.SUBMISSION_READ, Permission.NOTICE_READ)
def exemptions(request: HttpRequest) -> HttpResponse:
    """The last twelve months, each with its filing day and what was declared; `?tab=` narrows to the workbench's."""
    today, firm, tab = timezone.localdate(), firm_of(request), request.GET.get("tab", "")
    rows = _rows(request, tab, firm, today)
    choices = [(one, one.url("exemptions")) for one in firms(request)]
    context = {
        "rows": rows,
        "today": today,
        "tab": tab,
        "firm": firm,
        "firms": choices,
        "months_url": firm.url("exemptions"),
    }
    return render(request, "tax/months.html", context)


def _rows(request: HttpRequest, tab: str, firm: Firm, today: date) -> list[dict[str, object]]:
    """Months of the firm; under "others", those still to be declared for companies one acts for, with their names."""
    found: list[tuple[Firm, date, ExemptionDeclaration | None]]
    if tab == "others":
        others = workbench.for_others(person(request), today)
        found = [(Firm(company, company.uscc), month, None) for company, month in others]
    else:
        found = [(firm, month, declared) for month, declared in workbench.rows(tab, firm.company, today)]
    return [
        {
            "month": month,
            "due": deadline(month, law()),
            "declaration": declared,
            "url": whose.url("exemption_month", month),
            "company": whose.company if tab == "others" else None,
        }
        for whose, month, declared in found
    ]


@never_cache
@require_safe
@requires(Permission.SUBMISSION_READ, Permission.NOTICE_READ)
def exemption_month(request: HttpRequest) -> HttpResponse:
    """A month's lines: exempt or not and why, what they come to, and what declaring would say."""
    month, firm = month_of(request.GET.get("month", "")), firm_of(request)
    return redirect(firm.url("exemptions")) if month is None else sheet_page(request, firm, month)


def sheet_page(
    request: HttpRequest,
    firm: Firm,
    month: date,
    problems: Sequence[Problem] = (),
    *,
    remark: str = "",
    reason: str = "",
) -> HttpResponse:
    """The month as it stands, with what was in the way of what somebody tried."""
    ready = services.preflight(firm.company, month)
    found = ready.sheet
    context = {
        "firm": firm,
        "ready": ready,
        "sheet": found,
        "page": Paginator(found.lines, PAGE).get_page(request.GET.get("page")),
        "month": month,
        "months_url": firm.url("exemptions"),
        "file_url": firm.url("exemption_invoice_file", month),
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
def exemption_declare(request: HttpRequest) -> HttpResponse:
    """Declare the month as it was shown."""
    month, firm = month_of(request.POST.get("month", "")), firm_of(request)
    if month is None:
        return redirect(firm.url("exemptions"))
    principal = person(request)
    reason, remark = request.POST.get("reason", ""), request.POST.get("remark", "")
    try:
        row = services.declare(
            company=firm.company,
            month=month,
            by=services.acting(principal, firm.company),
            user=principal.user,
            digest=request.POST.get("digest", "-"),
            reason=reason,
            remark=remark,
        )
    except Refused as refused:
        return sheet_page(request, firm, month, refused.problems, remark=remark, reason=reason)
    return redirect("exemption_declaration", declaration_id=row.pk)

"""Payout statements: the table, handing one in, the page of one."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.decorators import requires
from accounts.models import Company
from accounts.permissions import Permission
from forex import orders, sheets
from forex import statements as services
from forex.forms import StatementForm
from forex.models import InwardPayment
from forex.selectors import statements_of
from forex.statement_rules import Statement, read
from forex.views.payments import own_company
from reference.problems import Problem, Refused
from submissions.views import person

PAGE = 25
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@never_cache
@require_safe
@requires(Permission.FOREX_READ)
def statements(request: HttpRequest) -> HttpResponse:
    """The company's payout statements, newest first."""
    rows = statements_of(person(request)).order_by("-pk")[:200]
    return render(request, "forex/statements.html", {"rows": rows})


@never_cache
@require_safe
@requires(Permission.FOREX_READ)
def statement(request: HttpRequest, statement_id: UUID) -> HttpResponse:
    """One statement: its orders, what is known of them, and the payments it was paid by."""
    found = get_object_or_404(statements_of(person(request)), pk=statement_id)
    lines = list(found.lines.all())
    known = orders.known([line.order_no for line in lines], found.company)
    context = {
        "statement": found,
        "lines": [(line, known.get(line.order_no)) for line in lines],
        "matches": found.matches.filter(undone_at=None).select_related("payment"),
    }
    return render(request, "forex/statement.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.FOREX_WRITE)
def new(request: HttpRequest) -> HttpResponse:
    """Hand a statement in as a file; for a payment when one is named."""
    company = own_company(request)
    payment = _named(request, company)
    form = StatementForm(request.POST or None, request.FILES or None)
    problems: list[Problem] = []
    if request.method == "POST" and form.is_valid():
        try:
            kept = services.hand_in(company, _read(form), by=person(request).actor)
        except Refused as refused:
            problems = list(refused.problems)
        else:
            if not kept.created:
                messages.info(request, _("This very statement was here already; nothing was doubled."))
            if payment is None:
                return redirect("forex_statement", statement_id=kept.statement.pk)
            return redirect("forex_payment", payment_id=payment.pk)
    context = {"form": form, "problems": problems, "payment": payment}
    return render(
        request, "forex/statement_new.html", context, status=422 if form.errors or problems else 200
    )


def _named(request: HttpRequest, company: Company) -> InwardPayment | None:
    """The payment in whose name the page was opened, when it is the company's."""
    try:
        key = UUID(request.GET.get("payment", ""))
    except ValueError:
        return None
    return InwardPayment.objects.filter(company=company, pk=key).first()


def _read(form: StatementForm) -> Statement:
    upload = form.cleaned_data["file"]
    rows = sheets.rows(str(upload.name), upload.read(sheets.MOST_BYTES + 1))
    found, problems = read(form.head(), rows)
    if found is None:
        raise Refused(problems)
    return found


@require_safe
@requires(Permission.FOREX_WRITE)
def template(request: HttpRequest) -> HttpResponse:
    """An empty workbook with the columns."""
    answer = HttpResponse(sheets.template(), content_type=XLSX)
    answer["Content-Disposition"] = 'attachment; filename="payout-statement.xlsx"'
    return answer

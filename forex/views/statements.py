"""Payout statements: the table, handing one in, the page of one."""

from __future__ import annotations

from collections.abc import Sequence
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
from forex import drafts, orders, sheets
from forex import statements as services
from forex.forms import StatementForm
from forex.models import FormDraft, InwardPayment
from forex.selectors import clients_of, payments_visible_to, statements_of
from forex.statement_rules import Statement, line_problems, read
from forex.views.drafts import given_up, keep
from forex.views.payments import acting, own_company, own_id
from reference.problems import Problem, Refused
from reference.sheets import XLSX_DOWNLOAD
from submissions.views import person

MOST = 200  # statements shown


@never_cache
@require_safe
@requires(Permission.FOREX_READ)
def statements(request: HttpRequest) -> HttpResponse:
    """Payout statements, newest first."""
    rows = list(statements_of(person(request)).order_by("-pk")[:MOST])
    several = len({row.company_id for row in rows} | {own_id(request)}) > 1
    return render(request, "forex/statements.html", {"rows": rows, "several": several, "most": MOST})


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
        "counted": sum(one.in_statistics for one in known.values()),
        "matches": found.matches.filter(undone_at=None).select_related("payment"),
    }
    return render(request, "forex/statement.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.FOREX_WRITE)
def new(request: HttpRequest) -> HttpResponse:
    """Hand a statement in as a file; for a payment when one is named. What is typed is kept meanwhile."""
    payment = _named(request)
    company = payment.company if payment else _for_whom(request)
    place = drafts.Place(FormDraft.Form.STATEMENT, company, payment)
    if request.method != "POST":
        kept = drafts.load(place)
        return _form_page(request, StatementForm(initial=dict(kept.values)), place, kept)
    form = StatementForm(request.POST, request.FILES)
    if request.headers.get("HX-Request"):
        return keep(request, place, form)
    if given_up(request, place):
        return redirect("forex_payment", payment.pk) if payment else redirect("forex_statements")
    try:
        kept_row = services.hand_in(company, _read(form), by=acting(request, company))
    except Refused as refused:
        problems = list(refused.problems)
        return _form_page(request, form, place, drafts.load(place), problems=problems, status=422)
    drafts.discard(place)
    if not kept_row.created:
        messages.info(request, _("This very statement was here already; nothing was doubled."))
    if payment is None:
        return redirect("forex_statement", statement_id=kept_row.statement.pk)
    return redirect("forex_payment", payment_id=payment.pk)


def _form_page(
    request: HttpRequest,
    form: StatementForm,
    place: drafts.Place,
    kept: drafts.Kept,
    *,
    problems: Sequence[Problem] = (),
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "problems": problems,
        "payment": place.payment,
        "company": place.company,
        "clients": clients_of(person(request)),
        "version": kept.version,
        "saved_at": kept.saved_at,
    }
    return render(request, "forex/statement_new.html", context, status=status)


def _named(request: HttpRequest) -> InwardPayment | None:
    """The payment in whose name the page was opened, when one acts for its company."""
    try:
        key = UUID(request.GET.get("payment", ""))
    except ValueError:
        return None
    return payments_visible_to(person(request)).filter(pk=key).first()


def _for_whom(request: HttpRequest) -> Company:
    """The company named in the address when one holds its mandate; else one's own."""
    own, asked = own_company(request), request.GET.get("company", "")
    return next((one for one in clients_of(person(request)) if one.uscc == asked), own)


def _read(form: StatementForm) -> Statement:
    """The statement; `Refused` with what is wrong in the file, also when the form itself is not right yet."""
    form_ok, upload = form.is_valid(), form.cleaned_data.get("file")
    rows = sheets.rows(str(upload.name), upload.read(sheets.MAX_BYTES + 1)) if upload else []
    if not form_ok:
        raise Refused(line_problems(rows))
    found, problems = read(form.head(), rows)
    if found is None:
        raise Refused(problems)
    return found


@require_safe
@requires(Permission.FOREX_WRITE)
def template(request: HttpRequest) -> HttpResponse:
    """An empty workbook with the columns."""
    answer = HttpResponse(sheets.template(), content_type=XLSX_DOWNLOAD)
    answer["Content-Disposition"] = 'attachment; filename="payout-statement.xlsx"'
    return answer

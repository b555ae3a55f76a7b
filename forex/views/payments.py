"""Inward payments: the table, the page of one, matching."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.decorators import requires
from accounts.models import Company
from accounts.permissions import Permission
from forex import matching
from forex.forms import MatchForm, PaymentFilterForm, UnmatchForm
from forex.models import BopDeclaration, BopState, InwardPayment, Match, PayoutStatement, StatementState
from forex.selectors import open_payments, payments_visible_to, statements_of
from forex.workbench import undeclared
from reference.problems import Refused
from reference.selectors import RateMissing, exchange_rate
from submissions.views import person

PAGE = 25


def own_company(request: HttpRequest) -> Company:
    """The company the reader acts as; 404 for who has none."""
    company = person(request).company
    if company is None:
        raise Http404
    return company


def _chosen(request: HttpRequest, form: PaymentFilterForm) -> QuerySet[InwardPayment]:
    principal, form_ok = person(request), form.is_valid()
    given = form.cleaned_data if form_ok or hasattr(form, "cleaned_data") else {}
    tabs = {"open": open_payments, "undeclared": undeclared}
    rows = tabs.get(given.get("tab", ""), payments_visible_to)(principal)
    narrowed = {
        "declaration_no": given.get("number", "").strip().upper(),
        "state": given.get("state", ""),
        "received_on__gte": given.get("since"),
        "received_on__lte": given.get("until"),
        "pk__lt": given.get("after"),
    }
    return rows.filter(**{name: value for name, value in narrowed.items() if value}).order_by("-pk")


@never_cache
@require_safe
@requires(Permission.FOREX_READ)
def payments(request: HttpRequest) -> HttpResponse:
    """Inward payments, newest first; what is not matched or declared under its own tab."""
    form = PaymentFilterForm(request.GET)
    taken = list(_chosen(request, form)[: PAGE + 1])
    shown = taken[:PAGE]
    live = (BopState.SUBMITTED, BopState.ACCEPTED, BopState.RETURNED)
    bops = {one.payment_id: one for one in BopDeclaration.objects.filter(payment__in=shown, state__in=live)}
    context = {
        "form": form,
        "tab": request.GET.get("tab", ""),
        "rows": [(row, bops.get(row.pk)) for row in shown],
        "today": timezone.localdate(),
        "after": shown[-1].pk if len(taken) > PAGE else None,
    }
    return render(request, "forex/payments.html", context)


@never_cache
@require_safe
@requires(Permission.FOREX_READ)
def payment(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """One payment: its statements, the sums side by side, its declaration with all versions."""
    found = get_object_or_404(payments_visible_to(person(request)), pk=payment_id)
    matches = list(Match.objects.filter(payment=found).select_related("statement").order_by("pk"))
    live = [one for one in matches if one.undone_at is None]
    versions = list(BopDeclaration.objects.filter(payment=found).select_related("submission"))
    in_force = any(one.state in (BopState.SUBMITTED, BopState.ACCEPTED) for one in versions)
    may_write = person(request).may(Permission.FOREX_WRITE)
    context = {
        "payment": found,
        "live": live,
        "undone": [one for one in matches if one.undone_at is not None],
        "sums": _sums(found, live),
        "fitting": _fitting(request, found, live),
        "versions": versions,
        "may_write": may_write,
        "may_declare": may_write and not in_force,
        "today": timezone.localdate(),
        "rate": _rate(found),
    }
    return render(request, "forex/payment.html", context)


def _rate(payment: InwardPayment) -> dict[str, Any] | None:
    try:
        rate = exchange_rate(payment.currency, payment.received_on, "spot")
    except RateMissing:
        return None
    from forex.amounts import in_cny

    return {"rate": rate, "cny": in_cny(payment.amount, rate.value)}


def _sums(payment: InwardPayment, live: list[Match]) -> dict[str, Decimal]:
    nothing = Decimal(0)
    fees = sum((one.fees for one in live), nothing)
    return {
        "matched": payment.matched,
        "fees": fees,
        "gross": payment.matched + fees,
        "difference": payment.amount - payment.matched,
    }


def _fitting(request: HttpRequest, payment: InwardPayment, live: list[Match]) -> list[PayoutStatement]:
    """Statements that could be matched, those of the same amount first."""
    if payment.left == 0:
        return []
    rows = statements_of(person(request)).filter(currency=payment.currency)
    rows = rows.exclude(state=StatementState.PAID).exclude(pk__in=[one.statement_id for one in live])
    return sorted(rows.order_by("-pk")[:50], key=lambda one: abs(one.left - payment.left))[:10]


@require_POST
@requires(Permission.FOREX_WRITE)
def match(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """Match the payment with a statement."""
    company, form = own_company(request), MatchForm(request.POST)
    found = get_object_or_404(InwardPayment, pk=payment_id, company=company)
    if not form.is_valid():
        messages.error(request, _("Choose a statement and an amount above 0."))
        return redirect("forex_payment", payment_id=found.pk)
    try:
        matching.match(
            found.pk,
            form.cleaned_data["statement"],
            company_id=company.pk,
            by=person(request).actor,
            amount=form.cleaned_data["amount"],
        )
        messages.success(request, _("Matched."))
    except ObjectDoesNotExist:
        raise Http404 from None
    except Refused as refused:
        tell(request, refused)
    return redirect("forex_payment", payment_id=found.pk)


@require_POST
@requires(Permission.FOREX_WRITE)
def unmatch(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """Undo a match of the payment, with a reason."""
    company, form = own_company(request), UnmatchForm(request.POST)
    found = get_object_or_404(InwardPayment, pk=payment_id, company=company)
    if not form.is_valid():
        messages.error(request, _("Say why the match is undone."))
        return redirect("forex_payment", payment_id=found.pk)
    row = get_object_or_404(Match, pk=form.cleaned_data["match"], payment=found)
    try:
        matching.unmatch(
            row.pk, company_id=company.pk, by=person(request).actor, why=form.cleaned_data["why"]
        )
        messages.success(request, _("The match is undone."))
    except Refused as refused:
        tell(request, refused)
    return redirect("forex_payment", payment_id=found.pk)


def tell(request: HttpRequest, refused: Refused) -> None:
    """Every reason, on the next page."""
    for problem in refused.problems:
        messages.error(request, problem.text)

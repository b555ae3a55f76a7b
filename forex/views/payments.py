"""Inward payments: the table, the page of one, matching, handing over."""

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
from forex import matching, ownership, selectors
from forex.amounts import in_cny
from forex.forms import HandOverForm, MatchForm, PaymentFilterForm, UnmatchForm
from forex.models import (
    BopDeclaration,
    BopState,
    FormDraft,
    InwardPayment,
    Match,
    PayoutStatement,
    StatementState,
)
from forex.panels import versions_of
from forex.selectors import IN_FORCE, payments_visible_to, statements_of
from reference.problems import Refused
from reference.selectors import RateMissing, exchange_rate
from submissions.views import person
from trail.actors import Actor

PAGE = 25


def own_company(request: HttpRequest) -> Company:
    """The company the reader acts as; 404 for who has none."""
    company = person(request).company
    if company is None:
        raise Http404
    return company


def the_payment(request: HttpRequest, payment_id: UUID) -> InwardPayment:
    """A payment of one's own company, or of one whose mandate one holds today; 404 for any other."""
    if person(request).company is None:
        raise Http404
    return get_object_or_404(payments_visible_to(person(request)), pk=payment_id)


def acting(request: HttpRequest, company: Company) -> Actor:
    """Who acts, named with the company it is for."""
    return person(request).actor_for(company)


def _chosen(request: HttpRequest, form: PaymentFilterForm) -> QuerySet[InwardPayment]:
    form_ok = form.is_valid()
    given = form.cleaned_data if form_ok or hasattr(form, "cleaned_data") else {}
    rows = payments_visible_to(person(request))
    tabs = {"open": selectors.unmatched, "undeclared": selectors.undeclared}
    rows = tabs[given["tab"]](rows) if given.get("tab") in tabs else rows
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
    live = (*IN_FORCE, BopState.RETURNED)
    bops = {one.payment_id: one for one in BopDeclaration.objects.filter(payment__in=shown, state__in=live)}
    begun = FormDraft.objects.filter(payment__in=shown, form=FormDraft.Form.DECLARATION)
    drafts = set(begun.values_list("payment_id", flat=True))
    context = {
        "form": form,
        "tab": request.GET.get("tab", ""),
        "rows": [(row, bops.get(row.pk), row.pk in drafts) for row in shown],
        "several": len({row.company_id for row in shown} | {own_id(request)}) > 1,
        "today": timezone.localdate(),
        "after": shown[-1].pk if len(taken) > PAGE else None,
    }
    return render(request, "forex/payments.html", context)


def own_id(request: HttpRequest) -> int | None:
    """Id of the company the reader acts as."""
    company = person(request).company
    return company.pk if company else None


@never_cache
@require_safe
@requires(Permission.FOREX_READ)
def payment(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """One payment: its statements, the sums side by side, its declaration with all versions."""
    return _page(request, get_object_or_404(payments_visible_to(person(request)), pk=payment_id))


def _page(
    request: HttpRequest, found: InwardPayment, hand_over: HandOverForm | None = None, status: int = 200
) -> HttpResponse:
    matches = list(Match.objects.filter(payment=found).select_related("statement").order_by("pk"))
    live = [one for one in matches if one.undone_at is None]
    versions = _versions(found)
    last = versions[0][0] if versions else None
    may_write = person(request).may(Permission.FOREX_WRITE)
    may_declare = may_write and (last is None or last.state not in IN_FORCE)
    context = {
        "payment": found,
        "live": live,
        "undone": [one for one in matches if one.undone_at is not None],
        "sums": _sums(found, live),
        "fitting": _fitting(request, found, live) if may_declare else [],
        "versions": versions,
        "last": last,
        "words": versions[0][1].words if versions and versions[0][1] else "",
        "may_declare": may_declare,
        "is_begun": FormDraft.objects.filter(payment=found, form=FormDraft.Form.DECLARATION).exists(),
        "hand_over": (hand_over or HandOverForm(payment=found)) if may_declare else None,
        "hand_overs": found.hand_overs.select_related("owner"),
        "today": timezone.localdate(),
        "rate": _rate(found),
    }
    return render(request, "forex/payment.html", context, status=status)


def _versions(payment: InwardPayment) -> list[Any]:
    one = BopDeclaration.objects.filter(payment=payment).first()
    return versions_of(one) if one else []


def _rate(payment: InwardPayment) -> dict[str, Any] | None:
    try:
        rate = exchange_rate(payment.currency, payment.received_on, "spot")
    except RateMissing:
        return None
    return {"rate": rate, "value": f"{rate.value:.4f}", "cny": in_cny(payment.amount, rate.value)}


def _sums(payment: InwardPayment, live: list[Match]) -> dict[str, Decimal]:
    fees = sum((one.fees for one in live), Decimal(0))
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
    rows = statements_of(person(request)).filter(currency=payment.currency, company=payment.company_id)
    rows = rows.exclude(state=StatementState.PAID).exclude(pk__in=[one.statement_id for one in live])
    return sorted(rows.order_by("-pk")[:50], key=lambda one: abs(one.left - payment.left))[:10]


@require_POST
@requires(Permission.FOREX_WRITE)
def match(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """Match the payment with a statement."""
    found, form = the_payment(request, payment_id), MatchForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a statement and an amount above 0."))
        return redirect("forex_payment", payment_id=found.pk)
    try:
        matching.match(
            found.pk,
            form.cleaned_data["statement"],
            company_id=found.company_id,
            by=acting(request, found.company),
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
    found, form = the_payment(request, payment_id), UnmatchForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why the match is undone."))
        return redirect("forex_payment", payment_id=found.pk)
    row = get_object_or_404(Match, pk=form.cleaned_data["match"], payment=found)
    by, why = acting(request, found.company), form.cleaned_data["why"]
    try:
        matching.unmatch(row.pk, company_id=found.company_id, by=by, why=why)
        messages.success(request, _("The match is undone."))
    except Refused as refused:
        tell(request, refused)
    return redirect("forex_payment", payment_id=found.pk)


@require_POST
@requires(Permission.FOREX_WRITE)
def hand_over(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """Give the clearing up to a colleague or to the bank, with a reason."""
    found = the_payment(request, payment_id)
    form = HandOverForm(request.POST, payment=found)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    side, owner = form.chosen
    try:
        by = acting(request, found.company)
        ownership.hand_over(found.pk, side=side, owner=owner, why=form.cleaned_data["why"], by=by)
        messages.success(request, _("Handed over."))
    except Refused as refused:
        tell(request, refused)
    return redirect("forex_payment", payment_id=found.pk)


def tell(request: HttpRequest, refused: Refused) -> None:
    """Every reason, on the next page."""
    for problem in refused.problems:
        messages.error(request, problem.text)

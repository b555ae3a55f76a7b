"""The officials' desk of banks: what is not cleared up yet, who has it and until when, and the declarations."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import Permission
from accounts.principals import Principal, principal_of
from forex import ownership, selectors
from forex.forms import DeskFilterForm, HandOverForm
from forex.models import BopDeclaration, InwardPayment, Match
from forex.panels import body_of, versions_of
from forex.selectors import SERVICE, is_bank, payments_visible_to
from reference.problems import Refused
from submissions.admin_registry import (
    DESKS,
    CaseDesk,
    CaseSection,
    DeskPage,
    page,
    register_case_desk,
    register_page,
    register_search,
)
from submissions.models import Referral

PAGE = 50


def _rows(principal: Principal | None) -> QuerySet[InwardPayment]:
    """Payments of the reader's own bank; of nobody else's."""
    if principal is None or principal.agency is None:
        return InwardPayment.objects.none()
    return payments_visible_to(principal)


def _the_payment(request: HttpRequest, payment_id: UUID) -> InwardPayment:
    return get_object_or_404(_rows(principal_of(request)), pk=payment_id)


def _narrowed(rows: QuerySet[InwardPayment], which: str) -> QuerySet[InwardPayment]:
    if which == "unsettled":
        return selectors.unsettled(rows)
    if which == "unmatched":
        return selectors.unmatched(rows)
    if which == "undeclared":
        return selectors.undeclared(rows)
    return selectors.overdue(rows, timezone.localdate()) if which == "overdue" else rows


def _chosen(rows: QuerySet[InwardPayment], form: DeskFilterForm) -> QuerySet[InwardPayment]:
    form.is_valid()
    given = form.cleaned_data
    which = given.get("which") or "unsettled"
    rows = _narrowed(rows, which)
    if side := given.get("side"):
        rows = rows.filter(owner_side=side)
    if text := given.get("q", "").strip():
        company = Q(company__name__icontains=text) | Q(company__uscc=text.upper())
        rows = rows.filter(Q(declaration_no=text.upper()) | company)
    return rows


@never_cache
@require_safe
def payments(request: HttpRequest) -> HttpResponse:
    """What is not matched or not declared, the most urgent first."""
    form = DeskFilterForm(request.GET)
    last = Prefetch("declarations", BopDeclaration.objects.order_by("-version"))
    rows = _chosen(_rows(principal_of(request)), form).prefetch_related(last).order_by("due_on", "pk")
    sheet = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "title": gettext("Inward payments to be cleared up"),
        "form": form,
        "sheet": sheet,
        "rows": [(row, next(iter(row.declarations.all()), None)) for row in sheet.object_list],
        "today": timezone.localdate(),
    }
    return page(request, "admin/desk/inward_payments.html", context)


def overdue_count(principal: Principal) -> int:
    """The number in the menu: overdue ones, and those the bank itself has to clear up."""
    rows = selectors.unsettled(_rows(principal))
    return rows.filter(Q(due_on__lt=timezone.localdate()) | Q(owner_side="bank")).count()


@never_cache
@require_safe
def payment(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """One payment: who has it, what is matched, its declarations; and handing it over."""
    found = _the_payment(request, payment_id)
    return _payment_page(request, found, HandOverForm(payment=found))


def _payment_page(
    request: HttpRequest, found: InwardPayment, form: HandOverForm, status: int = 200
) -> HttpResponse:
    principal = principal_of(request)
    one = BopDeclaration.objects.filter(payment=found).first()
    versions = versions_of(one) if one else []
    unsettled = selectors.unsettled(InwardPayment.objects.filter(pk=found.pk)).exists()
    may = principal is not None and principal.may(Permission.QUEUE_WORK)
    context = {
        "title": found.declaration_no,
        "payment": found,
        "matches": Match.objects.filter(payment=found, undone_at=None).select_related("statement"),
        "versions": versions,
        "hand_overs": found.hand_overs.select_related("owner"),
        "form": form if may and unsettled else None,
        "unsettled": unsettled,
        "today": timezone.localdate(),
    }
    return page(request, "admin/desk/inward_payment.html", context, status=status)


@never_cache
@require_POST
def hand_over(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """Give it to somebody of the bank or back to the company, with a reason."""
    principal, found = principal_of(request), _the_payment(request, payment_id)
    if principal is None:
        raise Http404
    form = HandOverForm(request.POST, payment=found)
    if not form.is_valid():
        return _payment_page(request, found, form, status=422)
    side, owner = form.chosen
    try:
        ownership.hand_over(
            found.pk, side=side, owner=owner, why=form.cleaned_data["why"], by=principal.actor
        )
        messages.success(request, gettext("Handed over."))
    except Refused as refused:
        for problem in refused.problems:
            messages.error(request, problem.text)
    return redirect("admin:inward_payment", payment_id=found.pk)


def sections(request: HttpRequest, referral: Referral) -> Sequence[CaseSection]:
    """What the bank got: the declaration as frozen, the payment it is of, and its other versions."""
    rows = BopDeclaration.objects.select_related("payment")
    row = rows.filter(pk=referral.submission_id).first()
    if row is None:
        return []
    context = {"row": row, "body": body_of(referral.submission), "versions": versions_of(row)}
    return [CaseSection("admin/desk/bop_case.html", context)]


def by_number(text: str) -> Q:
    """Cases of the payment with that declaration number."""
    rows = BopDeclaration.objects.filter(payment__declaration_no=text.upper())
    return Q(submission__in=rows.values("submission"))


def _concerns(principal: Principal) -> bool:
    return is_bank(principal.agency)


register_case_desk(CaseDesk((SERVICE,), decided_here=True, sections=sections))
register_search(by_number)
register_page(
    DeskPage(
        "inward_payments",
        "inward-payments/",
        payments,
        Permission.QUEUE_READ,
        _("Inward payments"),
        overdue_count,
        5,
        _("What is not matched or not declared yet: who has it, and until when."),
        concerns=_concerns,
        group=DESKS,
    )
)
register_page(
    DeskPage("inward_payment", "inward-payments/<uuid:payment_id>/", payment, Permission.QUEUE_READ)
)
register_page(
    DeskPage(
        "inward_payment_hand_over",
        "inward-payments/<uuid:payment_id>/hand-over/",
        hand_over,
        Permission.QUEUE_WORK,
    )
)

"""The form of a balance-of-payments declaration: prefilled, kept by itself, everything wrong at once; its paper."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.decorators import requires
from accounts.permissions import Permission
from forex import declarations, drafts
from forex.forms import DeclarationForm
from forex.models import BopDeclaration, BopState, FormDraft, InwardPayment
from forex.papers import NOT_DECLARED, OBJECT
from forex.views.drafts import given_up, keep
from forex.views.payments import acting, the_payment
from reference.problems import Refused
from submissions import papers
from submissions.models import Paper
from submissions.paper_views import pdf_response
from submissions.views import person


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.FOREX_WRITE)
def declare(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """Declare a payment, or correct what the bank returned; while somebody types, what is typed is kept."""
    payment = the_payment(request, payment_id)
    place = drafts.Place(FormDraft.Form.DECLARATION, payment.company, payment)
    found = declarations.basis(payment)
    if request.method != "POST":
        kept = drafts.load(place)
        initial = asdict(declarations.prefilled(found)) | dict(kept.values)
        return _page(request, payment, DeclarationForm(initial=initial, found=found), kept)
    form = DeclarationForm(request.POST, found=found)
    if request.headers.get("HX-Request"):
        return keep(request, place, form)
    if given_up(request, place):
        return redirect("forex_payment", payment_id=payment.pk)
    row = _declared(request, payment, form)
    if row is None:
        return _page(request, payment, form, drafts.load(place), status=422)
    drafts.discard(place)
    messages.success(request, _("Declared under {number}.").format(number=row.submission.reference or ""))
    return redirect("forex_payment", payment_id=payment.pk)


def _declared(request: HttpRequest, payment: InwardPayment, form: DeclarationForm) -> BopDeclaration | None:
    """The version handed in; None when the form now says everything that stands in its way."""
    if not form.is_valid():
        form.tell(declarations.check(form.found, form.declaration()))
        return None
    try:
        return declarations.declare(
            payment.pk,
            form.declaration(),
            company=payment.company,
            by=acting(request, payment.company),
            channel="browser",
            confirmed=form.cleaned_data["confirmed"],
            created_by=person(request).user,
        )
    except Refused as refused:
        rest = declarations.check(form.found, form.declaration())
        form.tell([*rest, *(one for one in refused.problems if one not in rest)])
        return None


def _page(
    request: HttpRequest,
    payment: InwardPayment,
    form: DeclarationForm,
    kept: drafts.Kept,
    *,
    status: int = 200,
) -> HttpResponse:
    returned = BopDeclaration.objects.filter(payment=payment, state=BopState.RETURNED).first()
    context: dict[str, Any] = {
        "payment": payment,
        "found": form.found,
        "form": form,
        "returned": _words(returned),
        "version": kept.version,
        "saved_at": kept.saved_at,
    }
    return render(request, "forex/declare.html", context, status=status)


def _words(returned: BopDeclaration | None) -> str:
    """Why the bank returned the last version."""
    if returned is None:
        return ""
    row = returned.submission.referrals.first()
    return row.words if row else ""


@never_cache
@require_safe
@requires(Permission.FOREX_READ, Permission.SUBMISSION_READ)
def paper(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """The declaration the bank accepted, with its history, as a paper that anyone can verify."""
    payment = the_payment(request, payment_id)
    rows = BopDeclaration.objects.filter(payment=payment).select_related("submission__company")
    row = rows.filter(state=BopState.ACCEPTED).first() or rows.first()
    try:
        if row is None:
            raise Refused([NOT_DECLARED])
        by, kind = acting(request, payment.company), Paper.Kind.CERTIFICATE
        made = papers.ensure(kind, row.submission, by=by, object_type=OBJECT, object_id=str(row.pk))
    except Refused as refused:
        return render(request, "papers/refused.html", {"problems": refused.problems}, status=409)
    return pdf_response(made, f"bop-{payment.declaration_no}")

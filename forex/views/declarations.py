"""The form of a balance-of-payments declaration: prefilled, all problems at once, warnings confirmed by name."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.decorators import requires
from accounts.permissions import Permission
from forex import declarations
from forex.forms import DeclarationForm
from forex.models import BopDeclaration, BopState, InwardPayment
from forex.views.payments import own_company
from reference.problems import Problem, Refused
from submissions.views import person


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.FOREX_WRITE)
def declare(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """Declare a payment, or correct what the bank returned."""
    company = own_company(request)
    rows = InwardPayment.objects.select_related("bank", "company")
    payment = get_object_or_404(rows, pk=payment_id, company=company)
    found = declarations.basis(payment)
    form, problems = _form(request, found), list[Problem]()
    if request.method == "POST" and form.is_valid():
        try:
            row = declarations.declare(
                payment.pk,
                form.declaration(),
                company=company,
                by=person(request).actor,
                channel="browser",
                confirmed=form.cleaned_data["confirmed"],
                created_by=person(request).user,
            )
        except Refused as refused:
            problems = list(refused.problems)
            form = _form(request, found, problems)
        else:
            number = row.submission.reference or ""
            messages.success(request, _("Declared under {number}.").format(number=number))
            return redirect("forex_payment", payment_id=payment.pk)
    returned = BopDeclaration.objects.filter(payment=payment, state=BopState.RETURNED).first()
    context = {
        "payment": payment,
        "found": found,
        "form": form,
        "problems": problems,
        "returned": _words(returned),
    }
    return render(request, "forex/declare.html", context, status=422 if form.errors or problems else 200)


def _form(
    request: HttpRequest, found: declarations.Basis, problems: list[Problem] | None = None
) -> DeclarationForm:
    """The warnings that were said stand in the form, to be confirmed one by one."""
    if request.method != "POST":
        return DeclarationForm(initial=asdict(declarations.prefilled(found)), found=found)
    said = {one.code: one.text for one in problems or [] if one.level == "warning"}
    given = set(request.POST.getlist("confirmed"))
    offered = [*said.items(), *((code, code) for code in sorted(given - set(said)))]
    form = DeclarationForm(request.POST, found=found, warnings=offered)
    if problems is None:
        form.fields["confirmed"].choices = [(code, code) for code in given]  # type: ignore[attr-defined]
    return form


def _words(returned: BopDeclaration | None) -> str:
    """Why the bank returned the last version."""
    if returned is None:
        return ""
    row = returned.submission.referrals.first()
    return row.words if row else ""

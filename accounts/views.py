"""Pages of a company's administrator."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import services
from accounts.decorators import requires
from accounts.forms import MandateForm, show
from accounts.mandate_services import name_of
from accounts.models import Company, Mandate
from accounts.permissions import Permission
from accounts.principals import Principal, principal_of
from reference.problems import Refused


def _company(request: HttpRequest) -> tuple[Principal, Company]:
    principal = principal_of(request)
    if principal is None or principal.company is None:
        raise PermissionDenied
    return principal, principal.company


@requires(Permission.MANDATE_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def mandates(request: HttpRequest) -> HttpResponse:
    """Mandates the company gave and holds; POST gives one."""
    principal, company = _company(request)
    form = MandateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.give_mandate(principal=company, by=principal.actor, **form.cleaned_data)
        except Refused as refused:
            show(form, list(refused.problems))
        else:
            messages.success(request, _("The mandate is given."))
            return redirect("mandates")
    rows = Mandate.objects.select_related("principal", "agent").order_by("-pk")
    context = {
        "form": form,
        "given": [(row, name_of(row.service)) for row in rows.filter(principal=company)],
        "held": [(row, name_of(row.service)) for row in rows.filter(agent=company)],
    }
    return render(request, "account/mandates.html", context)


@requires(Permission.MANDATE_MANAGE)
@require_POST
def revoke_mandate(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of the company's own mandates; it counts at the agent's next act."""
    principal, company = _company(request)
    mandate = get_object_or_404(Mandate, pk=pk, principal=company)
    try:
        services.revoke_mandate(mandate, by=principal.actor)
    except Refused as refused:
        messages.error(request, " ".join(problem.text for problem in refused.problems))
    else:
        messages.success(request, _("The mandate is revoked."))
    return redirect("mandates")

"""Which bank may ask about the company's declarations, and what was asked."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.decorators import requires
from accounts.permissions import Permission
from forex import consents as services
from forex.forms import ConsentForm
from forex.models import Consent, DeclarationQuery, DocumentUse, Purpose
from forex.views.payments import own_company, tell
from reference.problems import Refused
from submissions.views import person


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.CONSENT_MANAGE)
def consents_page(request: HttpRequest) -> HttpResponse:
    """Consents in force and withdrawn, the form of a new one, and the log of questions."""
    company, form = own_company(request), ConsentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            services.give(
                company,
                given["bank"],
                Purpose(given["purpose"]),
                by=person(request).actor,
                valid_from=given["valid_from"],
                valid_to=given["valid_to"],
            )
            messages.success(request, _("The bank may ask from that day on."))
        except Refused as refused:
            tell(request, refused)
        return redirect("forex_consents")
    context = {
        "form": form,
        "consents": Consent.objects.filter(company=company).select_related("bank"),
        "uses": DocumentUse.objects.filter(company=company).select_related("bank")[:100],
        "log": DeclarationQuery.objects.filter(company=company).select_related("bank")[:100],
    }
    return render(request, "forex/consents.html", context, status=422 if form.errors else 200)


@require_POST
@requires(Permission.CONSENT_MANAGE)
def withdraw(request: HttpRequest, consent_id: UUID) -> HttpResponse:
    """End a consent now."""
    row = get_object_or_404(Consent, pk=consent_id, company=own_company(request))
    try:
        services.withdraw(row, by=person(request).actor)
        messages.success(request, _("Withdrawn: the bank learns nothing any more."))
    except Refused as refused:
        tell(request, refused)
    return redirect("forex_consents")

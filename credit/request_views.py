"""Where a company objects to a record of its own, or asks for its repair."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.decorators import requires
from accounts.permissions import Permission
from credit import requests, selectors
from credit.forms import RequestForm
from reference.problems import Refused
from submissions.registry import kind as kind_of
from submissions.views import person


def _page(request: HttpRequest, fact_id: UUID, kind: str) -> HttpResponse:
    principal = person(request)
    company = principal.company
    row = selectors.fact_of(company, fact_id, timezone.localdate()) if company else None
    if company is None or row is None:
        raise Http404
    form = RequestForm(request.POST if request.method == "POST" else None)
    problems = [one for one in requests.problems_of(kind, row, "-") if one.path == "/"]
    if form.is_bound and form.is_valid():
        words = form.cleaned_data["words"]
        try:
            made = requests.lodge(
                kind,
                company=company,
                fact_id=fact_id,
                words=words,
                by=principal.actor,
                created_by=principal.user,
            )
        except Refused as refused:
            problems = list(refused.problems)
        else:
            messages.success(request, _("Handed in under the number {number}.").format(number=made.reference))
            return redirect("submission", made.reference)
    service = kind_of(kind)
    context = {"row": row, "form": form, "service": service, "problems": problems}
    return render(request, "credit/request.html", context, status=422 if form.is_bound else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.SUBMISSION_WRITE)
def objection(request: HttpRequest, fact_id: UUID) -> HttpResponse:
    """Object to one of one's own records."""
    return _page(request, fact_id, requests.OBJECTION)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.SUBMISSION_WRITE)
def repair(request: HttpRequest, fact_id: UUID) -> HttpResponse:
    """Ask for the repair of one of one's own records."""
    return _page(request, fact_id, requests.REPAIR)

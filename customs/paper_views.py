"""The release certificate of an inventory list."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from accounts.decorators import requires
from accounts.permissions import Permission
from accounts.principals import principal_of
from customs.selectors import whole_lists_visible_to
from reference.problems import Refused
from submissions import papers
from submissions.models import Paper, Submission
from submissions.paper_views import pdf_response


@require_GET
@requires(Permission.CEB_READ)
def certificate(request: HttpRequest, inventory_id: UUID) -> HttpResponse:
    """The certificate of a list the reader may see whole, once customs has released it."""
    principal = principal_of(request)
    assert principal is not None  # noqa: S101 - `requires` saw to it
    inventory = get_object_or_404(whole_lists_visible_to(principal), pk=inventory_id)
    submission = Submission.objects.select_related("company", "payload").get(pk=inventory.message_id)
    try:
        paper = papers.ensure(
            Paper.Kind.CERTIFICATE,
            submission,
            by=principal.actor,
            object_type="inventory",
            object_id=str(inventory.pk),
        )
    except Refused as refused:
        return render(request, "papers/refused.html", {"problems": refused.problems}, status=409)
    return pdf_response(paper, f"release-{inventory.invt_no or inventory.pk}")

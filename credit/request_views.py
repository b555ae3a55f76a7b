"""From a record to the form about it: objection and repair begin with the record chosen."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.decorators import requires
from accounts.permissions import Permission
from credit import requests, selectors
from submissions.definitions import filling
from submissions.definitions.access import the_definition
from submissions.models import Submission, SubmissionState
from submissions.views import person


def _begin(request: HttpRequest, fact_id: UUID, kind: str) -> HttpResponse:
    principal = person(request)
    company = principal.company
    row = selectors.fact_of(company, fact_id, timezone.localdate()) if company else None
    if company is None or row is None:
        raise Http404
    title = row.fact.document_no[:200]
    drafts = Submission.objects.filter(kind=kind, company=company, state=SubmissionState.DRAFT, title=title)
    draft = drafts.order_by("-pk").first() or filling.begin(
        the_definition(kind),
        company,
        by=principal.actor,
        created_by=principal.user,
        raw={"record": requests.key_of(row.fact)},
    )
    return redirect("draft", draft.pk)


@require_POST
@requires(Permission.SUBMISSION_WRITE)
def objection(request: HttpRequest, fact_id: UUID) -> HttpResponse:
    """Begin an objection to one of one's own records, or go on with it."""
    return _begin(request, fact_id, requests.OBJECTION)


@require_POST
@requires(Permission.SUBMISSION_WRITE)
def repair(request: HttpRequest, fact_id: UUID) -> HttpResponse:
    """Begin a request for the repair of one of one's own records, or go on with it."""
    return _begin(request, fact_id, requests.REPAIR)

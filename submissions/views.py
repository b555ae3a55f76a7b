"""Pages of the life of a submission."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse

from accounts.decorators import requires
from accounts.permissions import Permission


@requires(Permission.SUBMISSION_READ)
def submissions(request: HttpRequest) -> HttpResponse:
    """To come."""
    raise Http404


@requires(Permission.SUBMISSION_READ)
def submission(request: HttpRequest, reference: str) -> HttpResponse:
    """To come."""
    raise Http404

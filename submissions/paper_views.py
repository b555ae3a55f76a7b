"""Papers to download, and the public page that says whether one is genuine."""

from __future__ import annotations

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.decorators import requires
from accounts.permissions import Permission
from accounts.principals import principal_of
from reference.problems import Refused
from submissions import papers, signing
from submissions.models import Paper
from submissions.registry import Text
from submissions.selectors import visible_to
from submissions.views import is_near


def pdf_response(paper: Paper, name: str) -> HttpResponse:
    """The file, never cached by anything in between."""
    response = HttpResponse(papers.pdf(paper), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


@require_GET
@requires(Permission.SUBMISSION_READ)
def acknowledgement(request: HttpRequest, reference: str) -> HttpResponse:
    """The acknowledgement, for who handed in and for the agencies: other parties see the state alone."""
    principal = principal_of(request)
    assert principal is not None  # noqa: S101 - `requires` saw to it
    submission = get_object_or_404(
        visible_to(principal).select_related("company", "payload"), reference=reference
    )
    if not is_near(submission, principal):
        raise Http404
    try:
        paper = papers.ensure(Paper.Kind.ACKNOWLEDGEMENT, submission, by=principal.actor)
    except Refused as refused:
        return render(request, "papers/refused.html", {"problems": refused.problems}, status=409)
    return pdf_response(paper, f"acknowledgement-{reference}")


@require_GET
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """Genuine or not, with the minimal fields; open to everyone."""
    found = papers.verify(code)
    context: dict[str, object] = {
        "code": papers.normalise(code) or code[:40],
        "found": found,
        "facts": _facts(found),
    }
    context["name"] = papers.name_of(found.paper) if found else ""
    return render(request, "papers/verify.html", context, status=200 if found else 404)


@require_GET
def verify_form(request: HttpRequest) -> HttpResponse:
    """Where a code is typed in."""
    code = request.GET.get("code", "").strip()
    if code:
        return redirect("verify", code=papers.normalise(code) or "-")
    return render(request, "papers/verify_form.html")


@require_GET
def signing_certificate(request: HttpRequest) -> HttpResponse:
    """The certificate with which papers are signed, for checking them offline."""
    return HttpResponse(signing.certificate_pem(), content_type="application/x-pem-file")


def _facts(found: papers.Verification | None) -> list[tuple[str, str]]:
    """The minimal fields with names in the reader's language."""
    if found is None:
        return []
    names: dict[str, Text] = {
        "reference": _("Reference number"),
        "applicant": _("Applicant"),
        "received": _("Received"),
        "payload_sha256": _("Digest of what was handed in (SHA-256)"),
        "list_number": _("List number"),
        "declarant": _("Declarant"),
        "released": _("Released"),
        "export_date": _("Export date declared"),
        "left": _("Left the country"),
        "closed": _("Closed (899)"),
        "goods_value": _("Value of the goods"),
        "tax_total": _("Import tax in all (CNY)"),
        "certificate": _("Certificate"),
        "accepted": _("Accepted on"),
        **papers.names_of(found.paper),
    }
    return [(str(names.get(key, key)), _told(value)) for key, value in found.facts.items()]


def _told(value: str) -> str:
    """A moment as people write it; anything else as it is."""
    try:
        at = datetime.fromisoformat(value) if "T" in value else None
    except ValueError:
        at = None
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}" if at is not None and at.tzinfo else value

"""Reports of misuse on the desk of customs: the oldest first, and a decision with its reason."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import Permission
from accounts.personal import unseal_fields
from accounts.principals import Principal, principal_of
from identity import misuse
from identity.models import MisuseReport, MisuseState
from submissions.admin_forms import ReasonForm
from submissions.admin_registry import DESKS, DeskPage, of_agencies, page, register_page
from submissions.lifecycle import WrongState

PAGE = 50
DECIDES = "customs"


def _concerned(principal: Principal | None) -> Principal:
    if principal is None or principal.agency is None or principal.agency.code != DECIDES:
        raise Http404
    return principal


def open_count(principal: Principal) -> int:
    """The number in the menu."""
    if principal.agency is None or principal.agency.code != DECIDES:
        return 0
    return MisuseReport.objects.filter(state=MisuseState.OPEN).count()


@never_cache
@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    """Undecided ones first, by the day on which they are due."""
    _concerned(principal_of(request))
    rows = MisuseReport.objects.defer("sealed").order_by(
        F("decided_at").desc(nulls_first=True), "due_on", "pk"
    )
    context = {
        "title": gettext("Reports of misuse"),
        "sheet": Paginator(rows, PAGE).get_page(request.GET.get("page")),
    }
    return page(request, "admin/desk/misuse_reports.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """One report, and the decision on it."""
    principal = _concerned(principal_of(request))
    found = MisuseReport.objects.filter(pk=report_id).prefetch_related("uses").first()
    if found is None:
        raise Http404
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and request.POST.get("verdict") in ("confirm", "reject"):
        try:
            reason, confirmed = form.cleaned_data["reason"], request.POST["verdict"] == "confirm"
            misuse.decide(found.pk, confirmed=confirmed, reason=reason, by=principal.actor)
        except WrongState:
            messages.warning(request, gettext("This report is decided already."))
        return redirect("admin:misuse_report", report_id=found.pk)
    context = {
        "title": found.reference,
        "report": found,
        "said": unseal_fields(found.sealed, context=f"misuse:{found.pk}"),
        "form": form,
    }
    return page(request, "admin/desk/misuse_report.html", context)


register_page(
    DeskPage(
        "misuse_reports",
        "misuse/",
        reports,
        Permission.QUEUE_WORK,
        _("Reports of misuse"),
        open_count,
        7,
        _("Buyers who say that their identity was used without them."),
        of_agencies(DECIDES),
        DESKS,
    )
)
register_page(DeskPage("misuse_report", "misuse/<uuid:report_id>/", report, Permission.QUEUE_WORK))

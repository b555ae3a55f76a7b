"""What anyone may open: home with the directory of services, guides, progress, the way to verification."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import Agency
from accounts.permissions import Permission
from accounts.principals import principal_of
from portal.context import address
from portal.forms import CodeForm, ReferenceForm
from submissions import registry
from submissions.guides import Guide, guide
from submissions.models import Submission


@dataclass(frozen=True, slots=True)
class Service:
    """A card of the directory."""

    kind: registry.Kind
    guide: Guide | None
    agencies: list[Agency]

    @property
    def promised_days(self) -> int:
        """Working days promised: the slowest agency's."""
        return max((agency.promised_days for agency in self.agencies), default=0)

    @property
    def start_url(self) -> str:
        """The page on which one begins, "" when it is done elsewhere."""
        return address(self.kind.start_url) or self.kind.start_url


def services() -> list[Service]:
    """The directory, from what desks registered; one query."""
    agencies = {agency.code: agency for agency in Agency.objects.all()}
    return [
        Service(kind, guide(kind.code), [agencies[code] for code in kind.agencies if code in agencies])
        for kind in registry.kinds()
    ]


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The front page."""
    context = {"services": services(), "progress_form": ReferenceForm(), "verify_form": CodeForm()}
    return render(request, "portal/home.html", context)


@require_safe
def service_guide(request: HttpRequest, code: str) -> HttpResponse:
    """The guide of one service."""
    service = next((s for s in services() if s.kind.code == code), None)
    if service is None:
        raise Http404
    principal = principal_of(request)
    may_begin = principal is None or principal.may(Permission.SUBMISSION_WRITE)
    return render(request, "portal/guide.html", {"service": service, "may_begin": may_begin})


@require_safe
def progress(request: HttpRequest) -> HttpResponse:
    """Where a submission stands, to whoever knows its number: the state and nothing else."""
    form = ReferenceForm(request.GET if "reference" in request.GET else None)
    found = None
    if form.is_valid():
        number = form.cleaned_data["reference"]
        found = Submission.objects.only("reference", "state").filter(reference=number).first()
    context = {"form": form, "found": found, "searched": form.is_bound and form.is_valid()}
    return render(request, "portal/progress.html", context)

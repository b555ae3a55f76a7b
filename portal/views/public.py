"""What anyone may open: home with the directory of services, guides, progress, the way to verification."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from allauth.core.internal import ratelimit
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from accounts.models import Agency
from accounts.permissions import Permission
from accounts.principals import principal_of
from portal.context import address
from portal.forms import CodeForm, ReferenceForm
from portal.help import questions
from submissions import registry
from submissions.contacts import contacts_of
from submissions.definitions.definition import definition_of
from submissions.guides import Guide, guide
from submissions.models import Referral, Submission
from submissions.registry import Text

LOOK_UPS = "30/m/ip"
SEARCH_MOST = 100
# One service of each heading of the directory, as a company comes to them.
ORDER = (
    "enterprise-registration",
    "import-declaration",
    "export-declaration",
    "exemption-declaration",
    "bop-declaration",
)


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
    def heading(self) -> Text:
        """Under which it stands in the directory, "" under none."""
        return self.guide.group if self.guide else ""

    @property
    def start_url(self) -> str:
        """The page on which one begins, "" when it is done elsewhere."""
        return address(self.kind.start_url) or self.kind.start_url


def services() -> list[Service]:
    """The directory, from what desks registered; one query."""
    agencies = {agency.code: agency for agency in Agency.objects.all()}
    rows = [
        Service(kind, guide(kind.code), [agencies[code] for code in kind.agencies if code in agencies])
        for kind in registry.kinds()
    ]
    return in_order(rows)


def in_order(rows: list[Service]) -> list[Service]:
    """By headings as a company comes to them, each where its service of `ORDER` stands; the others last."""
    places: dict[Text, int] = {}
    for one in rows:
        place = ORDER.index(one.kind.code) if one.kind.code in ORDER else len(ORDER)
        places[one.heading] = min(place, places.get(one.heading, place))
    return sorted(rows, key=lambda one: places[one.heading])


def found(rows: Iterable[Service], text: str) -> list[Service]:
    """Services in whose name, sentence, heading, applicants or agencies all the words stand, in any order."""
    words = text.casefold().split()
    return [one for one in rows if all(word in _said(one) for word in words)]


def _said(service: Service) -> str:
    """Whatever language is read, the other one is found too."""
    guide = service.guide
    texts = [service.kind.name, service.kind.sentence, *((guide.group, guide.who) if guide else ())]
    said = [service.kind.code, *(name for one in service.agencies for name in (one.name_zh, one.name_en))]
    for language, _name in settings.LANGUAGES:
        with override(language):
            said += map(str, texts)
    return " ".join(said).casefold()


def by_group(rows: Iterable[Service]) -> list[tuple[str, list[Service]]]:
    """The directory's headings in the order of the rows; what has none comes last, under "Other"."""
    groups: dict[str, list[Service]] = {}
    for one in rows:
        groups.setdefault(str(one.heading), []).append(one)
    last = groups.pop("", [])
    return [*groups.items(), *([(_("Other services"), last)] if last else [])]


def may_begin(request: HttpRequest) -> bool:
    """Whether to offer the form: to strangers, who log in on the way, and to who may hand in."""
    principal = principal_of(request)
    return principal is None or principal.may(Permission.SUBMISSION_WRITE)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The front page."""
    text = request.GET.get("q", "").strip()[:SEARCH_MOST]
    context = {
        "groups": by_group(found(services(), text)),
        "q": text,
        "may_begin": may_begin(request),
        "progress_form": ReferenceForm(),
        "verify_form": CodeForm(),
    }
    return render(request, "portal/home.html", context)


@require_safe
def service_guide(request: HttpRequest, code: str) -> HttpResponse:
    """The guide of one service."""
    service = next((s for s in services() if s.kind.code == code), None)
    if service is None:
        raise Http404
    own = service.guide.faq if service.guide else ()
    context = {
        "service": service,
        "may_begin": may_begin(request),
        "questions": questions(own, is_form=definition_of(code) is not None),
        "contacts": contacts_of(agency.pk for agency in service.agencies),
    }
    return render(request, "portal/guide.html", context)


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """Questions about everything, and where to ask whom."""
    agencies = Agency.objects.values_list("pk", flat=True)
    context = {"questions": questions(is_form=True), "contacts": contacts_of(agencies)}
    return render(request, "portal/help.html", context)


@require_safe
def progress(request: HttpRequest) -> HttpResponse:
    """Where a submission stands with each agency, to whoever knows its number: states and nothing else.

    Numbers follow one another, so an address may ask so many times a minute and no more.
    """
    asks = "reference" in request.GET
    limits = {"progress": LOOK_UPS}
    if asks and not ratelimit.consume(
        request, app="portal", action="progress", config=limits, limit_get=True
    ):
        return render(request, "portal/progress.html", {"form": ReferenceForm(), "slow": True}, status=429)
    form = ReferenceForm(request.GET if asks else None)
    submission, shares = None, []
    if form.is_valid():
        rows = Submission.objects.only("reference", "state", "kind").filter(submitted_at__isnull=False)
        submission = rows.filter(reference=form.cleaned_data["reference"]).first()
        shares = list(Referral.objects.filter(submission=submission).select_related("agency").order_by("pk"))
    context = {
        "form": form,
        "found": submission,
        "shares": shares,
        "searched": form.is_bound and form.is_valid(),
    }
    return render(request, "portal/progress.html", context)

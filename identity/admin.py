"""Officials: what waits at the police and what the library holds, masked; auditors: who looked at a full number."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import Agency
from accounts.permissions import Permission
from accounts.principals import Principal, principal_of
from identity import admin_misuse, settings  # noqa: F401 - the first registers its pages
from identity.models import OPEN, PersonalLook, Verification, VerificationState
from identity.rules import LOCAL, NATIONAL
from submissions.admin_registry import DESKS, DeskPage, of_agencies, page, register_page
from trail.admin import ReadOnlyAdmin

PAGE = 50
READERS = frozenset({"customs", LOCAL, NATIONAL})


@admin.register(PersonalLook)
class PersonalLookAdmin(ReadOnlyAdmin):
    """Who looked at whom, on what ground and why."""

    list_display = (
        "at",
        "actor_label",
        "on_behalf_of",
        "subject",
        "ground",
        "reason",
        "full",
        "count",
        "request_id",
    )
    list_filter = ("full", "ground", "actor_kind")
    search_fields = ("=subject_id", "=actor_id", "=request_id")
    search_help_text = _("Number of the object, of the actor or of the request")
    date_hierarchy = "at"
    ordering = ("-at",)
    show_full_result_count = False


@dataclass(frozen=True, slots=True)
class Held:
    """How many checks stand in a state."""

    state: str
    name: str
    count: int


# Customs, for whom the checks are made, and the police, who answer them.
_concerned = of_agencies(*READERS)


def pending_count(principal: Principal) -> int:
    """The number in the menu."""
    return Verification.objects.filter(state__in=OPEN).count() if _concerned(principal) else 0


def statistics() -> list[Held]:
    """The library by states, all of them, empty ones too."""
    found = dict(Verification.objects.values_list("state").annotate(n=Count("pk")).order_by())
    return [Held(state, str(name), found.get(state, 0)) for state, name in VerificationState.choices]


@never_cache
@require_safe
def library(request: HttpRequest) -> HttpResponse:
    """What waits, oldest first, and what the library holds; nobody's number in full."""
    principal = principal_of(request)
    if principal is None or not _concerned(principal):
        raise Http404
    waiting = Verification.objects.filter(state__in=OPEN).defer("sealed").order_by("created_at", "pk")
    names = {one.code: one for one in Agency.objects.filter(code__in=(LOCAL, NATIONAL)).order_by("code")}
    context = {
        "title": gettext("Identity checks"),
        "held": statistics(),
        "agencies": list(names.values()),
        "sheet": Paginator(waiting, PAGE).get_page(request.GET.get("page")),
        "names": names,
        "retention": settings.retention(timezone.localdate()),
    }
    return page(request, "admin/desk/identity.html", context)


register_page(
    DeskPage(
        "identity",
        "identity-checks/",
        library,
        Permission.QUEUE_READ,
        _("Identity checks"),
        pending_count,
        6,
        _("Buyers who wait for the answer of the police, and what the library holds."),
        _concerned,
        DESKS,
    )
)

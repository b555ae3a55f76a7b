"""What a person has for themselves: the workbench, and the company they act for."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.decorators import requires
from accounts.permissions import Permission
from accounts.principals import switch_company as act_as
from portal.forms import NextForm
from submissions import live, overview, registry
from submissions.forms import FilterForm
from submissions.selectors import visible_to
from submissions.views import person


def safe_next(request: HttpRequest, target: str) -> str:
    """The page to go to then: one of ours, else the workbench."""
    ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if target and ours else "workbench"


def chosen_tab(wanted: str, counts: dict[str, int]) -> overview.Tab:
    """The tab asked for, else the first that holds anything."""
    for tab in overview.TABS:
        if tab == wanted:
            return tab
    return next((tab for tab in overview.TABS if counts[tab]), "action")


@never_cache
@require_safe
@requires()
def workbench(request: HttpRequest) -> HttpResponse:
    """What needs action, what is under way, what is done; officials go to their own desk."""
    principal = person(request)
    if principal.company is None:
        is_official = principal.user is not None and principal.user.is_staff
        return redirect("admin:index") if is_official else render(request, "portal/no_company.html")
    principal.require(Permission.SUBMISSION_READ)
    visible = visible_to(principal)
    counts = overview.tab_counts(principal, visible)
    tab = chosen_tab(request.GET.get("tab", ""), counts)
    form = FilterForm(request.GET)
    rows = visible.filter(overview.tab_filter(principal, tab))
    context = {
        "tab": tab,
        "counts": counts,
        "page": overview.page(rows, form.filters(), principal),
        "counters": [(c, c.count(principal), c.url(principal)) for c in registry.counters() if c.tab == tab],
        "filtered": form.is_used,
    }
    part = live.fragment(request, "portal/_workbench.html", context, name="workbench")
    if request.headers.get("HX-Request"):
        return live.answer(request, part)
    may_send = principal.may(Permission.CEB_SEND)
    return render(
        request, "portal/workbench.html", {"live": part, "form": form, "tab": tab, "may_send": may_send}
    )


@require_POST
@requires()
def switch_company(request: HttpRequest) -> HttpResponse:
    """Act for another of one's own companies; the page stays where it makes sense, else the workbench."""
    form = NextForm(request.POST)
    if form.is_valid():
        act_as(request, form.cleaned_data["company"])
    return redirect(safe_next(request, form.data.get("next", "")))

"""The list of a company's B2B export declarations; each one's page is that of its submission."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.decorators import requires
from accounts.permissions import Permission
from customs.b2b.forms import FilterForm
from customs.b2b.judging import CODE
from customs.b2b.selectors import narrowed, visible_to
from customs.b2b.workbench import STATES
from submissions.views import person

PAGE = 50


@never_cache
@require_safe
@requires(Permission.SUBMISSION_READ)
def declarations(request: HttpRequest) -> HttpResponse:
    """Newest first, by state, mode, number and day."""
    form = FilterForm(request.GET)
    rows = narrowed(visible_to(person(request)), form.asked())
    tab = request.GET.get("tab", "")
    if states := next((states for name, states in STATES.items() if name == tab), None):
        rows = rows.filter(state__in=states)
    sheet = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "sheet": sheet, "kind": CODE, "used": form.is_used or bool(states)}
    return render(request, "customs/b2b/list.html", context)

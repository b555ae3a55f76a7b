"""What a person has for themselves: notices and the company they act for."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from accounts.decorators import requires
from accounts.principals import switch_company as act_as
from portal.forms import NextForm


def safe_next(request: HttpRequest, target: str) -> str:
    """The page to go to then: one of ours, else the workbench."""
    ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if target and ours else "workbench"


@require_POST
@requires()
def switch_company(request: HttpRequest) -> HttpResponse:
    """Act for another of one's own companies; the page stays where it makes sense, else the workbench."""
    form = NextForm(request.POST)
    if form.is_valid():
        act_as(request, form.cleaned_data["company"])
    return redirect(safe_next(request, form.data.get("next", "")))


@requires()
def workbench(request: HttpRequest) -> HttpResponse:
    """To come."""
    return redirect("home")

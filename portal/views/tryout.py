"""The page of the demonstration; an installation that is none has nothing there and leads to the front page."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.core.internal import ratelimit
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal import tryout
from portal.forms import FreshSetForm
from portal.views.public import services
from submissions.definitions.definition import definition_of

SETS = "20/m/ip"


def of_the_demonstration(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Behind the setting `DEMO`."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, *args, **kwargs) if settings.DEMO else redirect("home")

    return guarded


@require_safe
@of_the_demonstration
def page(request: HttpRequest) -> HttpResponse:
    """What there is to try."""
    context = {
        "stories": tryout.stories(),
        "actors": tryout.ACTORS,
        "form": FreshSetForm(),
        "forms": [one for one in services() if definition_of(one.kind.code)],
    }
    return render(request, "portal/try.html", context)


@require_safe
@of_the_demonstration
def file(request: HttpRequest, name: str) -> HttpResponse:
    """One file of the story."""
    content = tryout.file_of(name)
    if content is None:
        raise Http404
    return _download(content, name.rpartition("/")[2], "application/xml")


@require_safe
@of_the_demonstration
def fresh_set(request: HttpRequest) -> HttpResponse:
    """Four files under new numbers, steered as one likes."""
    form = FreshSetForm(request.GET)
    if not form.is_valid():
        context = {"stories": tryout.stories(), "actors": tryout.ACTORS, "form": form, "forms": []}
        return render(request, "portal/try.html", context, status=400)
    limits = {"try": SETS}
    if not ratelimit.consume(request, app="portal", action="try", config=limits, limit_get=True):
        return HttpResponse(status=429)
    run = tryout.run_of(timezone.now())
    order = form.cleaned_data["order"]
    return _download(
        tryout.fresh_set(order, form.cleaned_data["scenario"], run), f"{order}-{run}.zip", "application/zip"
    )


def _download(content: bytes, name: str, content_type: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=content_type)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer

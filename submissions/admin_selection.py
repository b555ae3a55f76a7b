"""What the desk's tables share: a selection of rows, and the way back to where one was."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

MOST = 1000  # rows one press may move


def uuids(values: Iterable[str]) -> list[UUID]:
    """Those that are ids, each once, in their order; at most `MOST`."""
    found: dict[UUID, None] = {}
    for value in values:
        try:
            found[UUID(value)] = None
        except ValueError:
            continue
    return list(found)[:MOST]


def back(request: HttpRequest, name: str) -> HttpResponse:
    """To the page one came from, when it is ours; else to the named page of the desk."""
    target = request.POST.get("next", "")
    allowed = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    if allowed and target.startswith(reverse("admin:index")):
        return HttpResponseRedirect(target)
    return redirect(f"admin:{name}")

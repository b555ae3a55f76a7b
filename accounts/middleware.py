"""The second factor, where a role demands it."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


def second_factor(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Send people whose role demands a second factor to set one up."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    return middleware

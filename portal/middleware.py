"""Each request carries a number that the trail, the logs and the answer share."""

from __future__ import annotations

import re
from collections.abc import Callable

import structlog
from django.http import Http404, HttpRequest, HttpResponse

from reference.keys import uuid7
from trail.services import request_id as current

_ACCEPTED = re.compile(r"[A-Za-z0-9-]{8,64}")


def request_id(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Take the caller's `X-Request-Id` where it is harmless, else make one; answer with it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-Id", "")
        number = given if _ACCEPTED.fullmatch(given) else str(uuid7())
        token = current.set(number)
        with structlog.contextvars.bound_contextvars(request_id=number):
            response = get_response(request)
        current.reset(token)
        response["X-Request-Id"] = number
        return response

    return middleware


def plain_answers(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """No address holds a NUL (PostgreSQL could not look it up), and nothing made for one reader is kept."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info:
            raise Http404
        response = get_response(request)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-store"
        return response

    return middleware

"""Each request carries a number that the trail, the logs and the answer share."""

from __future__ import annotations

import re
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

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

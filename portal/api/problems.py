"""Every error of the API is a problem detail (RFC 9457): type, title, status, detail, problems."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import set_rollback

from reference.problem_documents import CONTENT_TYPE, problem_document, problem_response, refused
from reference.problems import Refused
from submissions.api.bodies import TooLarge

API = "/api/"


def _flatten(detail: Any, path: str = "") -> Iterator[dict[str, str]]:
    if isinstance(detail, dict):
        for key, value in detail.items():
            yield from _flatten(value, f"{path}/{key}")
    elif isinstance(detail, list):
        for index, value in enumerate(detail):
            inner = path if isinstance(value, str) else f"{path}/{index}"
            yield from _flatten(value, inner)
    else:
        code = getattr(detail, "code", "invalid")
        yield {"level": "error", "code": f"input.{code}", "path": path or "/", "text": str(detail)}


def handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler."""
    if isinstance(exc, Refused):
        set_rollback()
        return refused(exc.problems)
    if isinstance(exc, Http404):
        exc = exceptions.NotFound()
    elif isinstance(exc, PermissionDenied):
        exc = exceptions.PermissionDenied()
    elif isinstance(exc, RequestDataTooBig):
        exc = TooLarge()
    if not isinstance(exc, exceptions.APIException):
        return None
    set_rollback()
    headers = {}
    if auth := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = auth
    if (wait := getattr(exc, "wait", None)) is not None:
        headers["Retry-After"] = str(int(wait) + 1)
    if isinstance(exc, exceptions.ValidationError):
        return problem_response(
            status_code=status.HTTP_400_BAD_REQUEST,
            code="input",
            title=_("The input is not valid"),
            detail=_("Nothing was changed. Every problem is listed."),
            problems=list(_flatten(exc.detail)),
        )
    return problem_response(
        status_code=exc.status_code,
        code=str(exc.default_code),
        title=_title(exc),
        detail=str(exc.detail),
        headers=headers,
    )


def _title(exc: exceptions.APIException) -> str:
    """What the class says of all its cases; some of the framework's only speak of the one at hand."""
    general = str(exc.default_detail)
    return str(exc.detail) if "{" in general else general


def asks_api(request: HttpRequest) -> bool:
    """Whether a machine is to read the answer."""
    return request.path_info.startswith(API)


def plain_problem(status_code: int, code: str, title: str, detail: str = "") -> JsonResponse:
    """For errors outside the views: unknown addresses, faults of ours."""
    body = problem_document(status_code, code, title, detail)
    return JsonResponse(body, status=status_code, content_type=CONTENT_TYPE)

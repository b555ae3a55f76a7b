"""Every error of the API is a problem detail (RFC 9457): type, title, status, detail, problems."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import set_rollback

from reference.problem_documents import problem_response, refused
from reference.problems import Refused


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
        title=str(exc.default_detail),
        detail=str(exc.detail),
        headers=headers,
    )

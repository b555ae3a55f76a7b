"""Problem documents of the API (RFC 9457): type, title, status, detail, and every problem at once."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.response import Response

from reference.problems import Problem

CONTENT_TYPE = "application/problem+json"


def problem_document(status_code: int, code: str, title: str, detail: str = "") -> dict[str, Any]:
    """The members that every problem document has."""
    return {"type": f"/errors/{code}", "title": title, "status": status_code, "detail": detail}


def problem_response(
    *,
    status_code: int,
    code: str,
    title: str,
    detail: str = "",
    problems: list[dict[str, str]] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """One problem document; `code` names it for good, `problems` lists everything wrong."""
    body = problem_document(status_code, code, title, detail)
    if problems is not None:
        body["problems"] = problems
    return Response(body, status=status_code, content_type=CONTENT_TYPE, headers=headers)


def refused(problems: tuple[Problem, ...] | list[Problem], status_code: int = 422) -> Response:
    """The answer to a verb that rules forbid: all problems at once."""
    return problem_response(
        status_code=status_code,
        code="refused",
        title=_("Refused"),
        detail=_("Nothing was changed. Every problem is listed."),
        problems=[problem.as_dict() for problem in problems],
    )

"""Parts of a page that renew themselves: asked for every few seconds, replaced only when they differ."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

SECONDS = 4


@dataclass(frozen=True, slots=True)
class Fragment:
    """A rendered part and the digest by which the reader's copy is known."""

    html: SafeString
    digest: str


def fragment(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, name: str, version: str = ""
) -> Fragment:
    """Render a part inside the element that asks for it again; `name` is its id on the page.

    `version` names what is shown where that is cheaper to know than to render (see `unchanged`).
    """
    inner = render_to_string(template, dict(context), request)
    digest = version or hashlib.sha256(inner.encode()).hexdigest()[:16]
    query = request.GET.copy()
    query["seen"] = digest
    html = format_html(
        '<div id="{}" hx-get="{}?{}" hx-trigger="every {}s" hx-target="this" hx-swap="outerHTML">{}</div>',
        name,
        request.path,
        query.urlencode(),
        SECONDS,
        mark_safe(inner),  # noqa: S308 - rendered by a template a line above
    )
    return Fragment(html, digest)


def answer(request: HttpRequest, part: Fragment) -> HttpResponse:
    """The part alone; 204 (change nothing) when the reader has it already, which also keeps the focus."""
    if request.GET.get("seen") == part.digest:
        return HttpResponse(status=204)
    return HttpResponse(part.html)


def unchanged(request: HttpRequest, version: str) -> HttpResponse | None:
    """204 when the reader asks again and has this version: nothing needs to be built."""
    asks_again = request.headers.get("HX-Request") and request.GET.get("seen") == version
    return HttpResponse(status=204) if asks_again else None

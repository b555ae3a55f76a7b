"""What the calls for import and export lists share: their filters, and a page by its key."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter

from customs.models import DocumentState
from customs.models.documents import ListDocument
from customs.selectors import ListFilter
from submissions.api.v1.queries import Asked

TEXTS = ("order_no", "invt_no", "logistics_no", "return_code", "cop_no", "reference")
L = TypeVar("L", bound=ListDocument)


def parameters(*own: OpenApiParameter) -> list[OpenApiParameter]:
    """For the schema: the filters of both directions with those of one."""
    return [
        OpenApiParameter("state", enum=DocumentState.values),
        *own,
        OpenApiParameter("since", description="Day of receipt, inclusive."),
        OpenApiParameter("until", description="Day of receipt, inclusive."),
        *(OpenApiParameter(name) for name in TEXTS),
        OpenApiParameter("after", description="The `next` of the page before."),
        OpenApiParameter("limit", type=int, description="1 to 500, 100 when not given."),
    ]


def narrowed(asked: Asked) -> ListFilter:
    """What the caller looks for."""
    return ListFilter(
        state=asked.one_of("state", DocumentState.values),
        since=asked.day("since"),
        until=asked.day("until"),
        **{name: asked.text(name) for name in TEXTS},
    )


def page_of(rows: QuerySet[L], after: UUID | None, limit: int) -> tuple[list[L], str | None]:
    """Rows after that key, and the key after which the next page begins; None on the last."""
    if after:
        rows = rows.filter(pk__lt=after)
    taken = list(rows[: limit + 1])
    return taken[:limit], str(taken[limit - 1].pk) if len(taken) > limit else None

"""What the calls for import and export lists share: their filters."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter

from customs.models import DocumentState
from customs.selectors import ListFilter
from submissions.api.v1.queries import PAGING, Asked

TEXTS = ("order_no", "invt_no", "logistics_no", "return_code", "cop_no", "reference")


def parameters(*own: OpenApiParameter) -> list[OpenApiParameter]:
    """For the schema: the filters of both directions with those of one."""
    return [
        OpenApiParameter("state", enum=DocumentState.values),
        *own,
        OpenApiParameter("since", description="Day of receipt, inclusive."),
        OpenApiParameter("until", description="Day of receipt, inclusive."),
        *(OpenApiParameter(name) for name in TEXTS),
        *PAGING,
    ]


def narrowed(asked: Asked) -> ListFilter:
    """What the caller looks for."""
    return ListFilter(
        state=asked.one_of("state", DocumentState.values),
        since=asked.day("since"),
        until=asked.day("until"),
        **{name: asked.text(name) for name in TEXTS},
    )

"""Writing the trail: one row an act, in the transaction of the act."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from trail.actors import Actor
from trail.models import Entry

request_id: ContextVar[str] = ContextVar("request_id", default="")


def record(
    action: str,
    *,
    by: Actor,
    object_type: str,
    object_id: object,
    detail: dict[str, Any] | None = None,
    count: int = 1,
    digest: str = "",
) -> Entry:
    """Write what happened. `detail` never holds personal data in clear (ids, names, phones)."""
    return Entry.objects.create(
        action=action,
        actor_kind=by.kind,
        actor_id=by.id[:64],
        actor_label=by.label[:200],
        on_behalf_of=by.on_behalf_of[:200],
        object_type=object_type,
        object_id=str(object_id),
        detail=detail or {},
        count=count,
        digest=digest,
        request_id=request_id.get(),
    )

"""Writing the trail: one row an act, in the transaction of the act."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextvars import ContextVar
from typing import Any

from trail.actors import Actor
from trail.inserts import insert

_COLUMNS = (
    *("action", "actor_kind", "actor_id", "actor_label", "on_behalf_of", "object_type"),
    *("object_id", "detail", "count", "digest", "request_id"),
)
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
) -> None:
    """Write what happened. `detail` never holds personal data in clear (ids, names, phones)."""
    record_each([(object_id, detail)], action, by=by, object_type=object_type, count=count, digest=digest)


def record_each(
    acts: Iterable[tuple[object, dict[str, Any] | None]],
    action: str,
    *,
    by: Actor,
    object_type: str,
    count: int = 1,
    digest: str = "",
) -> None:
    """The same act on many objects that were handled one by one: a row for each (object, detail)."""
    said = (action, by.kind, by.id[:64], by.label[:200], by.on_behalf_of[:200], object_type)
    told = (count, digest, request_id.get())
    insert(
        "trail_entry",
        _COLUMNS,
        ((*said, str(key), json.dumps(detail or {}), *told) for key, detail in acts),
    )

"""The change feed that agencies and enterprise systems pull: nothing skipped, nothing twice.

Ids are handed out in one order and committed in another. Each row carries the number of its transaction
(`tx`), and readers go by (tx, id) up to the oldest transaction still running (`pg_snapshot_xmin`): below that
horizon nothing can appear any more. A page therefore waits for the slowest writer; it never overtakes one.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from django.db import connection

from reference.sets import copy_tuples
from submissions.models import Change, Referral, Submission
from trail.inserts import FEW, insert

T = TypeVar("T", int, str)


class NewChange(NamedTuple):
    """A row to be published: who may read it is decided here, at the time of the change."""

    event: str
    submission_id: UUID
    object_type: str
    object_id: str
    data: dict[str, Any]
    parties: tuple[int, ...] = ()
    agencies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A row as read; `cursor` continues right after it."""

    cursor: str
    at: datetime
    event: str
    reference: str
    kind: str
    object_type: str
    object_id: str
    data: dict[str, Any]


class BadCursor(ValueError):
    """Not a cursor of this feed."""


def publish(
    event: str,
    submission: Submission,
    object_type: str,
    object_id: object,
    data: Mapping[str, Any],
    *,
    parties: Iterable[int],
    agencies: Iterable[str],
) -> None:
    """One row, in the transaction of the change. `data` never holds personal data."""
    publish_many(
        [
            NewChange(
                event, submission.pk, object_type, str(object_id), dict(data), tuple(parties), tuple(agencies)
            )
        ]
    )


def publish_many(changes: Sequence[NewChange]) -> None:
    """Many rows, in the transaction of the change."""
    rows = [(*one[:5], _set(one.parties), _set(one.agencies)) for one in changes]
    if len(rows) > FEW:
        copy_tuples(Change, NewChange._fields, rows)
        return
    # What a single step changes is written with its transition and trail row, in one round trip.
    insert(
        "submissions_change",
        NewChange._fields,
        ((*row[:4], json.dumps(row[4]), list(row[5]), list(row[6])) for row in rows),
    )


@lru_cache(maxsize=4096)
def _set(items: tuple[T, ...]) -> tuple[T, ...]:
    """Sorted and each once; the same few stand in very many rows."""
    return tuple(sorted(set(items)))


def agencies_of(submission_ids: Iterable[UUID]) -> dict[UUID, list[tuple[str, UUID]]]:
    """Per submission the codes of its agencies with the referral ids."""
    found: defaultdict[UUID, list[tuple[str, UUID]]] = defaultdict(list)
    rows = Referral.objects.filter(submission_id__in=list(submission_ids))
    for submission, code, referral in rows.values_list("submission_id", "agency__code", "pk"):
        found[submission].append((code, referral))
    return found


def read(
    after: str | None,
    limit: int = 100,
    *,
    companies: Iterable[int] | None = None,
    agency: str | None = None,
) -> tuple[list[ChangeRow], str]:
    """The next rows for these companies or this agency, and the cursor to go on from.

    Exactly one of `companies` and `agency` is given. The cursor is opaque; the same cursor gives the same
    rows (and, later, more). A page that is not full has seen everything below the horizon, so the next one
    starts there.
    """
    if (companies is None) == (agency is None):
        raise ValueError("companies or agency")
    tx, last_id = _open(after)
    horizon = _horizon()
    condition, value = (
        ("c.parties && %s::bigint[]", list(companies or ()))
        if agency is None
        else ("c.agencies && %s::varchar[]", [agency])
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT c.tx::text, c.id, c.at, c.event, s.reference, s.kind, c.object_type, c.object_id,
                   c.data::text
            FROM submissions_change c JOIN submissions_submission s ON s.id = c.submission_id
            WHERE c.tx < %s::xid8 AND (c.tx, c.id) > (%s::xid8, %s) AND {condition}
            ORDER BY c.tx, c.id LIMIT %s
            """,  # noqa: S608 - the condition is one of the two above
            [str(horizon), str(tx), last_id, value, limit],
        )
        rows = [_row(*row) for row in cursor.fetchall()]
    if len(rows) < limit:
        return rows, _seal(max(horizon, tx), last_id if tx >= horizon else 0)
    return rows, rows[-1].cursor


def _row(tx: str, key: int, at: datetime, *rest: Any) -> ChangeRow:
    event, reference, kind, object_type, object_id, data = rest
    return ChangeRow(
        _seal(int(tx), key),
        at,
        event,
        reference or "",
        kind,
        object_type,
        object_id,
        json.loads(data),
    )


def _horizon() -> int:
    """The oldest transaction still running: every number below it is over."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")
        return int(cursor.fetchone()[0])


def _seal(tx: int, key: int) -> str:
    return base64.urlsafe_b64encode(f"{tx}.{key}".encode()).decode().rstrip("=")


def _open(cursor: str | None) -> tuple[int, int]:
    if not cursor:
        return 0, 0
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    except (binascii.Error, ValueError) as error:
        raise BadCursor(cursor) from error
    match = re.fullmatch(r"([0-9]{1,19})\.([0-9]{1,18})", text)
    if match is None:
        raise BadCursor(cursor)
    return int(match[1]), int(match[2])

"""What a step leaves behind, in its own transaction: transitions, one trail row, change rows, hooks."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from reference.keys import uuid7
from submissions import feed
from submissions.models import Submission
from submissions.registry import Happened, run_hooks
from trail import services as trail
from trail.actors import Actor
from trail.inserts import insert

_COLUMNS = (
    *("id", "submission_id", "referral_id", "verb", "from_state", "to_state"),
    *("actor_kind", "actor_id", "actor_label", "on_behalf_of", "why", "words"),
)
Row = tuple[UUID, str, UUID | None, UUID | None]  # id, from state, submission, referral


def write(
    *,
    table: str,
    verb: str,
    to_state: str,
    rows: Sequence[Row],
    by: Actor,
    why: str,
    words: str,
    public: bool,
    apart: bool = False,
) -> None:
    """Log one step of one or many rows. `apart`: they were handled one by one, each has its own trail row."""
    _transitions(f"{table}.{verb}", to_state, rows, by=by, why=why, words=words)
    if apart:
        _trail_each(table, verb, rows, to_state=to_state, by=by, why=why)
    else:
        _trail(table, verb, rows, to_state=to_state, by=by, why=why)
    if public:
        _publish(table, verb, to_state, rows)
    submissions = tuple(sorted({row[2] for row in rows if row[2] is not None}))
    run_hooks(Happened(f"{table}.{verb}", tuple(row[0] for row in rows), submissions, by, why, words))


def _transitions(verb: str, to_state: str, rows: Sequence[Row], *, by: Actor, why: str, words: str) -> None:
    said = (by.kind, by.id[:64], by.label[:200], by.on_behalf_of[:200], why, words)
    insert(
        "submissions_transition",
        _COLUMNS,
        (
            (uuid7(), submission, referral, verb, from_state, to_state, *said)
            for _, from_state, submission, referral in rows
            if submission is not None
        ),
    )


def _detail(rows: Sequence[Row], to_state: str, why: str) -> dict[str, Any]:
    """What the trail says besides the verb."""
    return {"from": sorted({row[1] for row in rows}), "to": to_state} | ({"why": why[:500]} if why else {})


def _trail_each(table: str, verb: str, rows: Sequence[Row], *, to_state: str, by: Actor, why: str) -> None:
    acts = ((row[0], _detail([row], to_state, why)) for row in rows)
    trail.record_each(acts, f"{table}.{verb}", by=by, object_type=table)


def _trail(table: str, verb: str, rows: Sequence[Row], *, to_state: str, by: Actor, why: str) -> None:
    """One row; a bulk act carries its count and the digest of its set."""
    if len(rows) == 1:
        _trail_each(table, verb, rows, to_state=to_state, by=by, why=why)
        return
    detail = _detail(rows, to_state, why)
    digest = hashlib.sha256("\n".join(sorted(str(row[0]) for row in rows)).encode()).hexdigest()
    trail.record(
        f"{table}.{verb}",
        by=by,
        object_type=table,
        object_id="",
        detail=detail,
        count=len(rows),
        digest=digest,
    )


def _publish(table: str, verb: str, to_state: str, rows: Sequence[Row]) -> None:
    wanted = {row[2] for row in rows if row[2] is not None}
    submissions = {row.pk: row for row in Submission.objects.filter(pk__in=wanted)}
    agencies = feed.agencies_of(wanted)
    changes = []
    for key, from_state, submission_id, _ in rows:
        if submission_id is None:
            continue
        submission = submissions[submission_id]
        data = {
            "reference": submission.reference,
            "kind": submission.kind,
            "from": from_state,
            "to": to_state,
        }
        if table == "referral":
            data["agency"] = next((c for c, ref in agencies.get(submission_id, ()) if ref == key), None)
        changes.append(
            feed.NewChange(
                event=f"{table}.{verb}",
                submission_id=submission_id,
                object_type=table,
                object_id=str(key),
                data=data,
                parties=(submission.company_id, *submission.parties),
                agencies=tuple(code for code, _ in agencies.get(submission_id, ())),
            )
        )
    feed.publish_many(changes)

"""What a step leaves behind, in its own transaction: transitions, one trail row, change rows, hooks."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from uuid import UUID

from submissions import feed
from submissions.models import Submission, Transition
from submissions.registry import Happened, run_hooks
from trail import services as trail
from trail.actors import Actor

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
) -> None:
    """Log one step of one or many rows."""
    _transitions(f"{table}.{verb}", to_state, rows, by=by, why=why, words=words)
    _trail(table, verb, rows, to_state=to_state, by=by, why=why)
    if public:
        _publish(table, verb, to_state, rows)
    submissions = tuple(sorted({row[2] for row in rows if row[2] is not None}))
    run_hooks(Happened(f"{table}.{verb}", tuple(row[0] for row in rows), submissions, by, why, words))


def _transitions(verb: str, to_state: str, rows: Sequence[Row], *, by: Actor, why: str, words: str) -> None:
    Transition.objects.bulk_create(
        Transition(
            submission_id=submission,
            referral_id=referral,
            verb=verb,
            from_state=from_state,
            to_state=to_state,
            actor_kind=by.kind,
            actor_id=by.id[:64],
            actor_label=by.label[:200],
            on_behalf_of=by.on_behalf_of[:200],
            why=why,
            words=words,
        )
        for _, from_state, submission, referral in rows
        if submission is not None
    )


def _trail(table: str, verb: str, rows: Sequence[Row], *, to_state: str, by: Actor, why: str) -> None:
    """One row; a bulk act carries its count and the digest of its set."""
    detail = {"from": sorted({row[1] for row in rows}), "to": to_state} | ({"why": why[:500]} if why else {})
    if len(rows) == 1:
        trail.record(f"{table}.{verb}", by=by, object_type=table, object_id=rows[0][0], detail=detail)
        return
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

"""What a step leaves behind, in its own transaction: transitions, one trail row, change rows, hooks."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from reference.keys import uuid7
from submissions import feed
from submissions.registry import Happened, has_hooks, run_hooks
from trail import prepared
from trail import services as trail
from trail.actors import Actor
from trail.inserts import flush, insert, together

_COLUMNS = (
    *("id", "submission_id", "referral_id", "verb", "from_state", "to_state"),
    *("actor_kind", "actor_id", "actor_label", "on_behalf_of", "why", "words"),
)


class Case(NamedTuple):
    """What the change feed says of a submission."""

    reference: str | None
    kind: str
    company_id: int
    parties: tuple[int, ...]
    agencies: list[tuple[str, UUID]]  # code, referral


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
    known: Mapping[UUID, Case] | None = None,
) -> None:
    """Log one step of one or many rows. `apart`: they were handled one by one, each has its own trail row.

    `known`: all their submissions, where the caller has them at hand.
    """
    with together():
        _transitions(f"{table}.{verb}", to_state, rows, by=by, why=why, words=words)
        if apart:
            _trail_each(table, verb, rows, to_state=to_state, by=by, why=why)
        else:
            _trail(table, verb, rows, to_state=to_state, by=by, why=why)
        if public:
            _publish(table, verb, to_state, rows, known)
    submissions = tuple(sorted({row[2] for row in rows if row[2] is not None}))
    if has_hooks(f"{table}.{verb}"):
        flush()
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


_CASES = """
SELECT s.id, s.reference, s.kind, s.company_id, s.parties, a.code, r.id FROM submissions_submission s
LEFT JOIN submissions_referral r ON r.submission_id = s.id LEFT JOIN accounts_agency a ON a.id = r.agency_id
WHERE s.id = ANY(%s::uuid[]) ORDER BY r.id
"""


def _cases(ids: Iterable[UUID]) -> dict[UUID, Case]:
    found: dict[UUID, Case] = {}
    for key, reference, kind, company, parties, code, referral in prepared.rows(_CASES, [list(ids)]):
        case = found.setdefault(key, Case(reference, kind, company, tuple(parties), []))
        if code is not None:
            case.agencies.append((code, referral))
    return found


def _publish(
    table: str, verb: str, to_state: str, rows: Sequence[Row], known: Mapping[UUID, Case] | None
) -> None:
    wanted = {row[2] for row in rows if row[2] is not None}
    cases = known or _cases(wanted)
    changes = []
    for key, from_state, submission_id, _ in rows:
        if submission_id is None:
            continue
        case = cases[submission_id]
        data = {
            "reference": case.reference,
            "kind": case.kind,
            "from": from_state,
            "to": to_state,
        }
        if table == "referral":
            data["agency"] = next((code for code, ref in case.agencies if ref == key), None)
        changes.append(
            feed.NewChange(
                event=f"{table}.{verb}",
                submission_id=submission_id,
                object_type=table,
                object_id=str(key),
                data=data,
                parties=(case.company_id, *case.parties),
                agencies=tuple(code for code, _ in case.agencies),
            )
        )
    feed.publish_many(changes)

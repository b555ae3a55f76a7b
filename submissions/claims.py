"""Claiming dispatches: leased in one statement for a set, each with the trace of its try.

A set of one is the common case and goes the same way. What is leased here is tried by `dispatch.py`, settled by
`settle.py`; only the holder of the lease settles.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from accounts.personal import unseal
from reference.keys import uuid7
from submissions import registry, switch
from submissions.intake import payload_context
from submissions.lifecycle import DISPATCH, advance
from submissions.models import Attempt, Dispatch, FailureKind, Submission
from submissions.sending import body_context
from trail import prepared
from trail.actors import SYSTEM
from trail.inserts import insert

LEASE_SECONDS = max(60.0, 4 * settings.AGENCY_TIMEOUT_SECONDS)
# After these nobody knows whether it arrived.
ASK_FIRST = frozenset({FailureKind.UNKNOWN, FailureKind.MALFORMED, FailureKind.LOST_LEASE})

# `broken`: the line to the agency is quiet, or waits for its probe.
_ROW = """
SELECT d.id, d.what, d.content_type, d.sealed_body, r.id, r.agency_id, a.code, a.name_en, s.id, s.kind,
       p.content_type, CASE WHEN d.sealed_body IS NULL THEN p.sealed END, COALESCE(l.failures, 0) >= %s::int
FROM submissions_dispatch d
JOIN submissions_referral r ON r.id = d.referral_id
JOIN accounts_agency a ON a.id = r.agency_id
JOIN submissions_submission s ON s.id = r.submission_id
LEFT JOIN submissions_payload p ON p.submission_id = s.id
LEFT JOIN submissions_line l ON l.agency_id = r.agency_id
"""
_DUE = f"""{_ROW}
WHERE d.id = ANY(%s::uuid[]) AND a.is_open
  AND ((d.state = 'queued' AND d.due_at <= clock_timestamp())
       OR (d.state = 'leased' AND d.leased_until <= clock_timestamp()))
"""


@dataclass(frozen=True, slots=True)
class Found:
    """A dispatch that is due, as the claim read it."""

    id: UUID
    what: str
    own_type: str
    sealed_body: bytes | None
    referral_id: UUID
    agency_id: int
    agency_code: str
    agency_name: str
    submission_id: UUID
    kind: str
    payload_type: str | None
    sealed_payload: bytes | None
    broken: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """A dispatch that is ours until the lease runs out."""

    found: Found
    lease: UUID
    key: UUID
    attempts_made: int
    body: bytes
    ask_first: bool
    lost: bool  # its last holder died with it
    attempt_id: UUID

    @property
    def id(self) -> UUID:
        """Of the dispatch."""
        return self.found.id

    @property
    def agency_id(self) -> int:
        """The agency of this dispatch."""
        return self.found.agency_id

    @property
    def content_type(self) -> str:
        """Of what is delivered."""
        return self.found.own_type or self.found.payload_type or ""


def due(ids: Sequence[UUID]) -> list[Found]:
    """Those of the dispatches that may be tried now, in the order given: due, or their last holder is lost.

    Of an agency whose line is broken only the probe, and only when its turn has come.
    """
    turn = {UUID(str(key)): place for place, key in enumerate(ids)}
    found = prepared.rows(_DUE, [switch.FAILURES_TO_BREAK, list(ids)])
    rows = sorted((Found(*row) for row in found), key=lambda row: turn[row.id])
    probes: dict[int, UUID | None] = {}
    for row in rows:
        if row.broken and row.agency_id not in probes:
            probes[row.agency_id] = row.id if switch.may_try(row.agency_id) else None
    return [row for row in rows if not row.broken or probes[row.agency_id] == row.id]


def lease(rows: Sequence[Found]) -> list[Claim]:
    """Lease those that nobody else has taken meanwhile; a set has one lease, checked row by row."""
    mark = uuid7()
    by_id = {row.id: row for row in rows}
    taken = _take("claim", by_id, mark)
    lost = _take("reclaim", [key for key in by_id if key not in taken], mark)
    if lost:
        Attempt.objects.filter(dispatch__in=lost, ended_at=None).update(
            ended_at=timezone.now(), outcome=FailureKind.LOST_LEASE.value
        )
    claims = taken | lost
    return [_claim(row, mark, claims[row.id], row.id in lost) for row in rows if row.id in claims]


def _take(verb: str, ids: Iterable[UUID], mark: UUID) -> dict[UUID, tuple[Any, ...]]:
    """Key, attempts and last failure of those taken, read after they are ours: they may have changed."""
    moved = advance(
        DISPATCH,
        ids,
        verb,
        by=SYSTEM,
        changes={"lease": mark, "leased_until": until()},
        skip_locked=True,
        returning=("key", "attempts_made", "failure"),
    )
    return {row.id: row.values for row in moved}


def until() -> Any:
    """The end of a lease taken now."""
    return timezone.now() + timedelta(seconds=LEASE_SECONDS)


def _claim(row: Found, mark: UUID, values: tuple[Any, ...], lost: bool) -> Claim:
    key, attempts_made, failure = values
    return Claim(
        found=row,
        lease=mark,
        key=key,
        attempts_made=attempts_made,
        body=_body(row),
        ask_first=lost or failure in ASK_FIRST,
        lost=lost,
        attempt_id=uuid7(),
    )


def body_of(row: Dispatch) -> bytes:
    """What is delivered for a dispatch, whatever its state."""
    found = prepared.rows(f"{_ROW}WHERE d.id = %s", [switch.FAILURES_TO_BREAK, row.pk])
    return _body(Found(*found[0]))


def _body(row: Found) -> bytes:
    """What is delivered: a body of its own, else the agency's share, else the payload as it was handed in."""
    if row.sealed_body is not None:
        return unseal(row.sealed_body, context=body_context(row.id))
    share = _share(row.kind)
    if share is not None:
        return share(Submission.objects.get(pk=row.submission_id), row.agency_code).payload
    return unseal(row.sealed_payload or b"", context=payload_context(row.submission_id))


def _share(kind: str) -> Callable[[Submission, str], registry.Frozen] | None:
    try:
        return registry.kind(kind).share
    except registry.NotRegistered:
        return None


def begin_attempts(claims: Iterable[Claim]) -> None:
    """Written before the call: a worker that dies in it leaves the trace of having tried."""
    insert(
        "submissions_attempt",
        ("id", "dispatch_id", "number", "outcome", "request_line", "request_sha256", "answer_body"),
        (
            (one.attempt_id, one.id, one.attempts_made, "", _request_line(one), _digest(one), "")
            for one in claims
        ),
    )


def _request_line(claim: Claim) -> str:
    if claim.ask_first:
        return f"ask {claim.key}"
    try:
        gateway = registry.gateway(claim.found.agency_code, claim.found.what, claim.found.kind)
    except registry.NotRegistered:
        return f"deliver {claim.found.what}"
    return (getattr(gateway, "request_line", "") or f"deliver {claim.found.what}")[:200]


def _digest(claim: Claim) -> str:
    return "" if claim.ask_first else hashlib.sha256(claim.body).hexdigest()


def extend(claims: Sequence[Claim]) -> list[Claim]:
    """A fresh lease for what has not been tried yet; those that are still ours."""
    if not claims:
        return []
    sql = "UPDATE submissions_dispatch SET leased_until = %s WHERE id = ANY(%s::uuid[]) AND lease = %s RETURNING id"
    held = prepared.rows(sql, [until(), [one.id for one in claims], claims[0].lease])
    ours = {row[0] for row in held}
    return [one for one in claims if one.id in ours]

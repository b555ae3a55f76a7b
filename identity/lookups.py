"""One check, one question: claim with a lease → commit → ask the agency outside any transaction → settle.

The switch and the breaker are the agency's own (`submissions.switch`): a police service that hangs or is flooded is
asked by one probe at a time, and what waits, waits here. Nothing but a verdict settles a check; every failure leaves
it pending.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import get_args
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import Agency
from identity import gateway, library, settings
from identity.lifecycle import VERIFICATION
from identity.models import Verification, VerificationState
from identity.rules import Verdict, next_agency, route
from reference.keys import uuid7
from submissions import switch
from submissions.dispatch import outside_any_transaction
from submissions.gateways import Later, Misconfigured, Unknown, Unreachable
from submissions.lifecycle import advance
from submissions.nudge import nudge
from submissions.registry import Happened, run_hooks
from submissions.switch import FAILURES_TO_BREAK
from trail import services as trail
from trail.actors import SYSTEM, Actor

LEASE_SECONDS = 60.0
WAIT_BASE_SECONDS, WAIT_MOST_SECONDS = 2.0, 600.0
LATER_MOST_SECONDS = 3600.0
NUDGE_WITHIN_SECONDS = 60.0

# Who waits longest for somebody comes first; a quiet line offers its probe alone, an agency that is off nothing.
_DUE = """
WITH due AS (
  SELECT v.id, v.priority, v.due_at, a.id AS agency_id, COALESCE(l.failures, 0) >= %(failures)s AS broken
  FROM identity_verification v
  JOIN accounts_agency a ON a.code = v.agency AND a.is_open
  LEFT JOIN submissions_line l ON l.agency_id = a.id
  WHERE ((v.state = 'pending' AND v.due_at <= clock_timestamp())
      OR (v.state = 'asking' AND v.leased_until <= clock_timestamp()))
    AND (COALESCE(l.failures, 0) < %(failures)s OR l.quiet_until IS NULL OR l.quiet_until <= clock_timestamp())
), ranked AS (
  SELECT *, row_number() OVER (PARTITION BY agency_id ORDER BY priority, due_at, id) AS place FROM due
)
SELECT id FROM ranked WHERE place <= CASE WHEN broken THEN 1 ELSE %(limit)s END ORDER BY priority, due_at, id
"""


def due(limit: int) -> list[UUID]:
    """Checks that can be asked now, at most so many an agency."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE, {"failures": FAILURES_TO_BREAK, "limit": limit})
        return [row[0] for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Claim:
    """A check that is ours until its lease runs out."""

    row: Verification
    agency: Agency
    lease: UUID


def run(verification_id: UUID) -> str:
    """Ask for one check if it is due; what came of it, "" when there was nothing to do."""
    claim = _claim(verification_id)
    if claim is None:
        return ""
    outside_any_transaction()
    answer = gateway.ask(claim.agency.code, library.open_pair(claim.row))
    return _settle(claim, answer)


def run_all(verification_ids: Sequence[UUID]) -> int:
    """One after the other; how many were settled. Stops where a line has gone quiet: the rest would only be refused."""
    settled = 0
    for key in verification_ids:
        settled += run(key) in get_args(Verdict)
    return settled


def _claim(verification_id: UUID) -> Claim | None:
    with transaction.atomic(durable=True):
        row = Verification.objects.filter(pk=verification_id).first()
        agency = Agency.objects.filter(code=row.agency, is_open=True).first() if row else None
        if row is None or agency is None or not _is_due(row) or not switch.may_try(agency.pk):
            return None
        lease = uuid7()
        until = timezone.now() + timedelta(seconds=LEASE_SECONDS)
        changes = {"lease": lease, "leased_until": until}
        guard = {"agency": agency.code}
        for verb in ("claim", "reclaim"):
            if advance(
                VERIFICATION, [row.pk], verb, by=SYSTEM, changes=changes, guard=guard, skip_locked=True
            ):
                Verification.objects.filter(pk=row.pk).update(tries=F("tries") + 1)
                row.refresh_from_db()
                return Claim(row, agency, lease)
    return None


def _is_due(row: Verification) -> bool:
    """Looked at before the probe of a broken line is taken; the conditional UPDATE decides."""
    at = row.due_at if row.state == VerificationState.PENDING else row.leased_until
    return row.state in (VerificationState.PENDING, VerificationState.ASKING) and bool(
        at and at <= timezone.now()
    )


def _settle(claim: Claim, answer: gateway.Reply) -> str:
    with transaction.atomic(durable=True):
        if isinstance(answer, str):
            return _verdict(claim, answer)
        return _failed(claim, answer)


def _leave(claim: Claim, verb: str, **changes: object) -> bool:
    """Give the lease back with the step; False when it is no longer ours."""
    values = {"lease": None, "leased_until": None} | changes
    return bool(
        advance(VERIFICATION, [claim.row.pk], verb, by=SYSTEM, changes=values, guard={"lease": claim.lease})
    )


def _verdict(claim: Claim, verdict: Verdict) -> str:
    now = timezone.now()
    number = library.open_pair(claim.row).number
    way = route(number, settings.local_prefix(timezone.localdate(now)))
    further = next_agency(way, claim.agency.code, verdict)
    if further:
        if not _leave(claim, "ask_next", agency=further, due_at=now, failure=""):
            return "lost"
        _wake(claim)
    elif not _leave(
        claim,
        verdict,
        source=claim.agency.code,
        answered_at=now,
        valid_until=settings.valid_until(verdict, now),
        failure="",
    ):
        return "lost"
    else:
        _tell(claim, verdict)
    switch.line_works(claim.agency.pk)
    return "ask_next" if further else verdict


def _tell(claim: Claim, verdict: Verdict) -> None:
    """Trail and hook of a settled check; ids are the check's."""
    by = Actor("agency", claim.agency.code, claim.agency.name_en)
    trail.record(
        "identity.settled",
        by=by,
        object_type="verification",
        object_id=claim.row.pk,
        detail={"outcome": verdict},
    )
    run_hooks(Happened("identity.settled", (claim.row.pk,), (), by, verdict, ""))


def _failed(claim: Claim, answer: gateway.Failure) -> str:
    """Pending again, whatever went wrong."""
    kind = type(answer).__name__.lower()
    wait = switch.back_off(claim.row.tries - 1, WAIT_BASE_SECONDS, WAIT_MOST_SECONDS)
    if isinstance(answer, Later):
        wait = min(max(answer.after_seconds, 1.0), LATER_MOST_SECONDS)
    if not _leave(claim, "put_off", due_at=timezone.now() + timedelta(seconds=wait), failure=kind[:20]):
        return "lost"
    if isinstance(answer, Misconfigured):
        switch.stop_misconfigured(claim.agency.code, answer.reason)
    elif isinstance(answer, Unreachable | Unknown):
        switch.line_failed(claim.agency.pk)
    elif isinstance(answer, Later):
        switch.line_works(claim.agency.pk)
    if wait <= NUDGE_WITHIN_SECONDS:
        _wake(claim, wait)
    return "put_off"


def _wake(claim: Claim, countdown: float | None = None) -> None:
    from identity import tasks

    nudge(tasks.look_up, [str(claim.row.pk)], countdown=countdown)

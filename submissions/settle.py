"""What follows from an agency's answer.

The second short transaction of a try, open to the holder of the lease only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, assert_never
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from submissions import switch
from submissions.gateways import (
    Accepted,
    Answer,
    Later,
    Malformed,
    Misconfigured,
    RefusedByAgency,
    Unknown,
    Unreachable,
)
from submissions.joint import recompute
from submissions.lifecycle import DISPATCH, REFERRAL, advance
from submissions.models import Attempt, Dispatch, FailureKind, Referral
from submissions.nudge import nudge
from trail.actors import SYSTEM, Actor

KEPT_CHARACTERS = 64 * 1024 // 4  # at most 64 KB of an answer, whatever its characters
WAIT_BASE_SECONDS = 2.0
WAIT_MOST_SECONDS = 600.0
LATER_MOST_SECONDS = 6 * 3600.0
INCONCLUSIVE_TRIES = (
    10  # so often without an answer of substance, while others get through: a person must look
)
NOT_THERE = "not_there"  # the answer to a question before a try, not a try
TOLD_NOTHING = frozenset({"unknown", "malformed", "lost_lease"})
NUDGE_WITHIN_SECONDS = 60.0  # a wait shorter than the sweep's is nudged for


@dataclass(frozen=True, slots=True)
class Claim:
    """A dispatch that is ours until the lease runs out."""

    dispatch: Dispatch
    lease: UUID
    body: bytes
    content_type: str
    ask_first: bool
    attempt_id: UUID

    @property
    def agency_id(self) -> int:
        """The agency of this dispatch."""
        return self.dispatch.referral.agency_id


def settle(claim: Claim, answer: Answer) -> str:
    """Write down what came back and act on it.

    Returns "lost" when the lease was lost, which changes the attempt only.
    """
    with transaction.atomic(durable=True):
        end_attempt(claim, type(answer).__name__.lower(), answer)
        _lock(claim)
        return _settle(claim, answer)


def _lock(claim: Claim) -> None:
    """Dispatch, referral, then the rest: hooks lock submissions, and decisions come from the referral."""
    held = Dispatch.objects.filter(pk=claim.dispatch.pk).select_for_update(no_key=True)
    held.values_list("pk").first()
    referral = Referral.objects.filter(pk=claim.dispatch.referral_id).select_for_update(no_key=True)
    referral.values_list("pk").first()


def end_attempt(claim: Claim, outcome: str, answer: Answer | None = None) -> None:
    """Complete the attempt row; kept even when the lease was lost, for what came back is evidence."""
    status = getattr(answer, "status", None)
    body = getattr(answer, "body", "") or getattr(answer, "reason", "")
    Attempt.objects.filter(pk=claim.attempt_id).update(
        ended_at=timezone.now(),
        outcome=outcome[:20],
        answer_status=status or None,
        answer_body=body.replace("\x00", "")[:KEPT_CHARACTERS],
    )


def _settle(claim: Claim, answer: Answer) -> str:
    match answer:
        case Accepted():
            outcome = _accepted(claim, answer)
        case RefusedByAgency():
            outcome = _refused(claim, answer)
        case Misconfigured():
            outcome = _misconfigured(claim, answer)
        case Later():
            switch.line_works(claim.agency_id)
            wait = min(max(answer.after_seconds, 1.0), LATER_MOST_SECONDS)
            outcome = _put_off(claim, FailureKind.LATER, wait)
        case Unreachable():
            switch.line_failed(claim.agency_id)
            outcome = _put_off(claim, FailureKind.UNREACHABLE)
        case Unknown():
            broken = switch.line_failed(claim.agency_id)
            outcome = _inconclusive(claim, FailureKind.UNKNOWN, broken)
        case Malformed():
            outcome = _inconclusive(claim, FailureKind.MALFORMED, False)
        case _:
            assert_never(answer)
    return outcome


def _leave(claim: Claim, verb: str, words: str = "", why: str = "", **changes: Any) -> bool:
    """Give the lease back with the step; False when it is no longer ours."""
    values = {"lease": None, "leased_until": None} | changes
    return bool(
        advance(
            DISPATCH,
            [claim.dispatch.pk],
            verb,
            by=SYSTEM,
            words=words,
            why=why,
            changes=values,
            guard={"lease": claim.lease},
        )
    )


def _agency_actor(claim: Claim) -> Actor:
    agency = claim.dispatch.referral.agency
    return Actor("agency", agency.code, agency.name_en)


def _accepted(claim: Claim, answer: Accepted) -> str:
    if not _leave(claim, "deliver", failure="", settled_at=timezone.now()):
        return "lost"
    switch.line_works(claim.agency_id)
    referral = claim.dispatch.referral
    if claim.dispatch.what == "payload":
        Referral.objects.filter(pk=referral.pk, agency_number="").update(agency_number=answer.number[:64])
        # Nothing moves when the agency's decision has overtaken us: then it is decided already.
        if advance(REFERRAL, [referral.pk], "send", by=SYSTEM):
            recompute([referral.submission_id])
    return "sent"


def words_of(answer: RefusedByAgency) -> str:
    """Every problem, one a line."""
    lines = (" ".join(filter(None, (p.code, p.path))) + ": " + p.text for p in answer.problems)
    return "\n".join(lines)


def _refused(claim: Claim, answer: RefusedByAgency) -> str:
    words = words_of(answer)
    if not _leave(claim, "refuse", words=words, failure="", settled_at=timezone.now()):
        return "lost"
    switch.line_works(claim.agency_id)
    if claim.dispatch.what == "payload":
        referral = claim.dispatch.referral
        by = _agency_actor(claim)
        changes = {"words": words, "decided_at": timezone.now()}
        if advance(REFERRAL, [referral.pk], "refuse", by=by, words=words, changes=changes):
            recompute([referral.submission_id], by, words=words)
    return "refused"


def _misconfigured(claim: Claim, answer: Misconfigured) -> str:
    kind = FailureKind.MISCONFIGURED
    if not _leave(claim, "stop", why=answer.reason, failure=kind.value, settled_at=timezone.now()):
        return "lost"
    switch.stop_misconfigured(claim.dispatch.referral.agency.code, answer.reason)
    return "stopped"


def _inconclusive(claim: Claim, failure: FailureKind, line_broken: bool) -> str:
    """Nobody knows whether it arrived; one that goes on so while the line works is stopped."""
    if line_broken or not goes_round(claim.dispatch):
        return _put_off(claim, failure)
    return stop(claim, failure)


def goes_round(row: Dispatch) -> bool:
    """True after so many tries in a row that told nothing: this one is poison, not the line."""
    tries = Attempt.objects.filter(dispatch=row, ended_at__isnull=False).exclude(outcome=NOT_THERE)
    last = list(tries.order_by("-number").values_list("outcome", flat=True)[:INCONCLUSIVE_TRIES])
    return len(last) == INCONCLUSIVE_TRIES and set(last) <= TOLD_NOTHING


def stop(claim: Claim, failure: FailureKind) -> str:
    """Leave it to a person."""
    if not _leave(claim, "stop", why=failure.value, failure=failure.value, settled_at=timezone.now()):
        return "lost"
    return "stopped"


def _put_off(claim: Claim, failure: FailureKind, wait: float | None = None) -> str:
    """Queue it again for later; what is unknown stays unknown until the agency has been asked."""
    seconds = wait or switch.back_off(claim.dispatch.attempts_made - 1, WAIT_BASE_SECONDS, WAIT_MOST_SECONDS)
    kept = FailureKind.UNKNOWN if claim.ask_first else failure
    due: datetime = timezone.now() + timedelta(seconds=seconds)
    if not _leave(claim, "put_off", failure=kept.value, due_at=due):
        return "lost"
    if seconds <= NUDGE_WITHIN_SECONDS:
        from submissions import tasks

        nudge(tasks.dispatch, str(claim.dispatch.pk), countdown=seconds)
    return "put_off"

"""What follows from agencies' answers.

The second short transaction of a try, open to the holder of the lease only. What was accepted is written down as a
set; anything else is rare and goes one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, assert_never
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from submissions import switch
from submissions.claims import Claim
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
from submissions.models import Attempt, FailureKind
from submissions.nudge import nudge
from trail import prepared
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


Heard = tuple[Claim, Answer]
Ended = tuple[Claim, str, Answer | None]
_NotAccepted = RefusedByAgency | Misconfigured | Later | Unreachable | Unknown | Malformed


def settle(heard: Sequence[Heard]) -> dict[UUID, str]:
    """Write down what came back and act on it; the outcome of each dispatch.

    "lost" when the lease was lost, which changes the attempt only.
    """
    with transaction.atomic(durable=True):
        end_attempt([(claim, type(answer).__name__.lower(), answer) for claim, answer in heard])
        _lock([claim for claim, _answer in heard])
        outcomes = _accepted([(c, a) for c, a in heard if isinstance(a, Accepted)])
        for claim, answer in heard:
            if not isinstance(answer, Accepted):
                outcomes[claim.id] = _settle(claim, answer)
    return outcomes


# First all dispatches, then all referrals, each in the order of their keys.
_LOCK = """
WITH held AS (
    SELECT referral_id FROM submissions_dispatch WHERE id = ANY(%s::uuid[]) ORDER BY id FOR NO KEY UPDATE
)
SELECT id FROM submissions_referral WHERE id = ANY(ARRAY(SELECT referral_id FROM held))
ORDER BY id FOR NO KEY UPDATE
"""


def _lock(claims: Sequence[Claim]) -> None:
    """Dispatch, referral, then the rest: hooks lock submissions, and decisions come from the referral."""
    prepared.rows(_LOCK, [[claim.id for claim in claims]])


_END = """
UPDATE submissions_attempt a SET ended_at = %s, outcome = e.outcome, answer_status = e.status, answer_body = e.body
FROM unnest(%s::uuid[], %s::text[], %s::smallint[], %s::text[]) AS e (id, outcome, status, body) WHERE a.id = e.id
"""


def end_attempt(ended: Sequence[Ended]) -> None:
    """Complete the attempt rows; kept even when the lease was lost, for what came back is evidence."""
    statuses = [getattr(answer, "status", None) or None for _claim, _outcome, answer in ended]
    bodies = [
        getattr(answer, "body", "") or getattr(answer, "reason", "") for _claim, _outcome, answer in ended
    ]
    prepared.run(
        _END,
        [
            timezone.now(),
            [claim.attempt_id for claim, _outcome, _answer in ended],
            [outcome[:20] for _claim, outcome, _answer in ended],
            statuses,
            [body.replace("\x00", "")[:KEPT_CHARACTERS] for body in bodies],
        ],
    )


def give_back(claims: Sequence[Claim]) -> None:
    """To the queue with what was leased and not tried: as if it had not been claimed.

    What had to be asked for first still has to.
    """
    from submissions import tasks

    if not claims:
        return
    with transaction.atomic(durable=True):
        for unknown in (False, True):
            ids = [one.id for one in claims if one.ask_first is unknown]
            changes: dict[str, Any] = {"lease": None, "leased_until": None}
            changes |= {"failure": FailureKind.UNKNOWN.value} if unknown else {}
            guard = {"lease": claims[0].lease}
            advance(DISPATCH, ids, "give_back", by=SYSTEM, changes=changes, guard=guard)
        Attempt.objects.filter(pk__in=[one.attempt_id for one in claims], ended_at=None).delete()
        for one in claims:
            nudge(tasks.dispatch, str(one.id))


def _settle(claim: Claim, answer: _NotAccepted) -> str:
    match answer:
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
    return bool(_leave_all([claim], verb, words, why, **changes))


def _leave_all(
    claims: Sequence[Claim], verb: str, words: str = "", why: str = "", **changes: Any
) -> set[UUID]:
    """The same step for those that are still ours: their ids."""
    moved = advance(
        DISPATCH,
        [claim.id for claim in claims],
        verb,
        by=SYSTEM,
        words=words,
        why=why,
        changes={"lease": None, "leased_until": None} | changes,
        guard={"lease": claims[0].lease},
        apart=True,
    )
    return {row.id for row in moved}


def _agency_actor(claim: Claim) -> Actor:
    return Actor("agency", claim.found.agency_code, claim.found.agency_name)


def _accepted(heard: Sequence[tuple[Claim, Accepted]]) -> dict[UUID, str]:
    if not heard:
        return {}
    ours = _leave_all([claim for claim, _answer in heard], "deliver", failure="", settled_at=timezone.now())
    outcomes = {claim.id: "sent" if claim.id in ours else "lost" for claim, _answer in heard}
    if ours:
        switch.line_works(heard[0][0].agency_id)
        _referrals_sent([(c, a) for c, a in heard if c.id in ours and c.found.what == "payload"])
    return outcomes


_NUMBERS = """
UPDATE submissions_referral r SET agency_number = n.number
FROM unnest(%s::uuid[], %s::text[]) AS n (id, number) WHERE r.id = n.id AND r.agency_number = ''
"""


def _referrals_sent(heard: Sequence[tuple[Claim, Accepted]]) -> None:
    """The agency has them, under these numbers."""
    if not heard:
        return
    ids = [claim.found.referral_id for claim, _answer in heard]
    prepared.run(_NUMBERS, [ids, [answer.number[:64] for _claim, answer in heard]])
    # Those whose decision has overtaken us do not move: they are decided already.
    advance(REFERRAL, ids, "send", by=SYSTEM, apart=True)
    # The documents of a desk moved with the dispatch (its hook), whether the referral did or not.
    recompute([claim.found.submission_id for claim, _answer in heard])


def words_of(answer: RefusedByAgency) -> str:
    """Every problem, one a line."""
    lines = (" ".join(filter(None, (p.code, p.path))) + ": " + p.text for p in answer.problems)
    return "\n".join(lines)


def _refused(claim: Claim, answer: RefusedByAgency) -> str:
    words = words_of(answer)
    if not _leave(claim, "refuse", words=words, failure="", settled_at=timezone.now()):
        return "lost"
    switch.line_works(claim.agency_id)
    if claim.found.what == "payload":
        by = _agency_actor(claim)
        changes = {"words": words, "decided_at": timezone.now()}
        if advance(REFERRAL, [claim.found.referral_id], "refuse", by=by, words=words, changes=changes):
            recompute([claim.found.submission_id], by, words=words)
    return "refused"


def _misconfigured(claim: Claim, answer: Misconfigured) -> str:
    kind = FailureKind.MISCONFIGURED
    if not _leave(claim, "stop", why=answer.reason, failure=kind.value, settled_at=timezone.now()):
        return "lost"
    switch.stop_misconfigured(claim.found.agency_code, answer.reason)
    return "stopped"


def _inconclusive(claim: Claim, failure: FailureKind, line_broken: bool) -> str:
    """Nobody knows whether it arrived; one that goes on so while the line works is stopped."""
    if line_broken or not goes_round(claim.id):
        return _put_off(claim, failure)
    return stop(claim, failure)


def goes_round(dispatch_id: UUID) -> bool:
    """True after so many tries in a row that told nothing: this one is poison, not the line."""
    tries = Attempt.objects.filter(dispatch=dispatch_id, ended_at__isnull=False).exclude(outcome=NOT_THERE)
    last = list(tries.order_by("-number").values_list("outcome", flat=True)[:INCONCLUSIVE_TRIES])
    return len(last) == INCONCLUSIVE_TRIES and set(last) <= TOLD_NOTHING


def stop(claim: Claim, failure: FailureKind) -> str:
    """Leave it to a person."""
    if not _leave(claim, "stop", why=failure.value, failure=failure.value, settled_at=timezone.now()):
        return "lost"
    return "stopped"


def _put_off(claim: Claim, failure: FailureKind, wait: float | None = None) -> str:
    """Queue it again for later; what is unknown stays unknown until the agency has been asked."""
    seconds = wait or switch.back_off(claim.attempts_made - 1, WAIT_BASE_SECONDS, WAIT_MOST_SECONDS)
    kept = FailureKind.UNKNOWN if claim.ask_first else failure
    due: datetime = timezone.now() + timedelta(seconds=seconds)
    if not _leave(claim, "put_off", failure=kept.value, due_at=due):
        return "lost"
    if seconds <= NUDGE_WITHIN_SECONDS:
        from submissions import tasks

        nudge(tasks.dispatch, str(claim.id), countdown=seconds)
    return "put_off"

"""What people and desks do to dispatches: add one, let it go, send it again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.personal import seal
from reference.keys import uuid7
from submissions.intake import wake
from submissions.joint import recompute
from submissions.lifecycle import DISPATCH, REFERRAL, advance, create
from submissions.models import Dispatch, DispatchState, FailureKind, Referral, Submission
from trail import services as trail
from trail.actors import SYSTEM, Actor


@dataclass(frozen=True, slots=True)
class SentAgain:
    """What became of a selection: ids queued again, and ids whose state did not allow it."""

    queued: tuple[UUID, ...]
    left: tuple[UUID, ...]


def add_dispatch(
    referral: Referral,
    what: str,
    body: bytes,
    *,
    content_type: str = "application/json",
    by: Actor = SYSTEM,
    hold: bool = False,
) -> Dispatch:
    """One more thing for the agency of a referral (an opinion).

    A second call with the same `what` changes nothing.
    """
    row = Dispatch(referral=referral, what=what, content_type=content_type)
    row.sealed_body = seal(body, context=body_context(row.pk))
    with transaction.atomic():
        Referral.objects.select_for_update(no_key=True).get(pk=referral.pk)
        there = Dispatch.objects.filter(referral=referral, what=what).first()
        if there is not None:
            return there
        create(DISPATCH, [row], "hold" if hold else "queue", by=by)
        wake([row])
    return row


def body_context(dispatch_id: UUID) -> str:
    """What binds a body of its own to its dispatch."""
    return f"dispatch:{dispatch_id}"


def release_dispatch(submission_id: UUID, *, by: Actor = SYSTEM, why: str = "") -> bool:
    """Let the held dispatches of a submission go; False when none was held any more."""
    return release_dispatches([submission_id], by=by, why=why) > 0


def release_dispatches(submission_ids: Iterable[UUID], *, by: Actor = SYSTEM, why: str = "") -> int:
    """Let the held dispatches of many submissions go; returns how many did."""
    with transaction.atomic():
        held = Dispatch.objects.filter(
            referral__submission_id__in=list(submission_ids), state=DispatchState.HELD
        )
        ids = list(held.values_list("pk", flat=True))
        moved = advance(
            DISPATCH, ids, "release", by=by, why=why, changes={"due_at": timezone.now()}, skip_locked=False
        )
        wake(Dispatch.objects.filter(pk__in=[row.id for row in moved]).only("pk"))
    return len(moved)


def send_again(dispatch_ids: Iterable[UUID], *, by: Actor, why: str = "") -> SentAgain:
    """Queue dispatches again that were stopped, refused at the door, or sent (then with a reason).

    Permission: `dispatch.send_again`. After a refusal at the door the key is new, because the agency answers
    the old one with the old refusal for ever. Otherwise it stays: whether the agency has it is unknown or
    certain, so it is asked for under its key first and sent only when it never arrived; twice is impossible.
    `ValueError` when one of them was sent and no reason is given.
    """
    ids = list(dispatch_ids)
    with transaction.atomic():
        rows = Dispatch.objects.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True)
        states = dict(rows.values_list("pk", "state"))
        if DispatchState.SENT in states.values() and not why.strip():
            raise ValueError("sending again what was sent needs a reason")
        refused = [key for key, state in states.items() if state == DispatchState.REFUSED]
        others = [key for key in states if key not in set(refused)]
        now = timezone.now()
        moved = advance(
            DISPATCH,
            others,
            "again",
            by=by,
            why=why,
            changes={"due_at": now, "failure": FailureKind.UNKNOWN.value, "settled_at": None},
        )
        for key in refused:
            fresh = {"due_at": now, "failure": "", "key": uuid7(), "settled_at": None}
            moved += advance(DISPATCH, [key], "again", by=by, why=why, changes=fresh)
        _referrals_again([row.id for row in moved], by=by, why=why)
        wake(Dispatch.objects.filter(pk__in=[row.id for row in moved]).only("pk"))
    queued = {row.id for row in moved}
    return SentAgain(tuple(queued), tuple(key for key in ids if key not in queued))


def _referrals_again(dispatch_ids: list[UUID], *, by: Actor, why: str) -> None:
    """A referral refused because its payload was refused waits again."""
    refused = Referral.objects.filter(dispatches__in=dispatch_ids, dispatches__what="payload")
    ids = list(refused.values_list("pk", flat=True))
    moved = advance(
        REFERRAL, ids, "again", by=by, why=why, changes={"decided_at": None, "words": "", "agency_number": ""}
    )
    recompute({row.submission_id for row in moved if row.submission_id is not None}, by, why=why)


def widen_parties(submission_id: UUID, company_ids: Iterable[int], *, by: Actor = SYSTEM) -> bool:
    """Let further companies read a submission (its documents name them); False when all could already."""
    with transaction.atomic():
        row = Submission.objects.select_for_update(no_key=True).get(pk=submission_id)
        wider = sorted((set(row.parties) | set(company_ids)) - {row.company_id})
        if wider == row.parties:
            return False
        Submission.objects.filter(pk=submission_id).update(parties=wider)
        trail.record(
            "submission.widen",
            by=by,
            object_type="submission",
            object_id=submission_id,
            detail={"companies": sorted(set(wider) - set(row.parties))},
        )
    return True

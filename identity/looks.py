"""Who looked at a full number, or had a person checked: a row and a trail entry for each look, in its transaction."""

from __future__ import annotations

from identity.models import PersonalLook
from trail import services as trail
from trail.actors import Actor


def record(
    *,
    by: Actor,
    ground: str,
    reason: str,
    subject_type: str,
    subject_id: object,
    subject: str = "",
    full: bool = True,
    count: int = 1,
) -> PersonalLook:
    """Write that `by` looked at `subject` (masked!). `full`: saw the number in clear; `count`: people in a set.

    Write it before showing anything: who cannot be recorded sees nothing. An empty reason is refused by the database.
    """
    look = PersonalLook.objects.create(
        actor_kind=by.kind,
        actor_id=by.id[:64],
        actor_label=by.label[:200],
        on_behalf_of=by.on_behalf_of[:200],
        subject_type=subject_type,
        subject_id=str(subject_id),
        subject=subject,
        ground=ground,
        reason=reason.strip()[:300],
        full=full,
        count=count,
        request_id=trail.request_id.get(),
    )
    trail.record(
        "personal.seen" if full else "personal.checked",
        by=by,
        object_type=subject_type,
        object_id=subject_id,
        detail={"ground": ground, "reason": look.reason, "look": str(look.pk)},
        count=count,
    )
    return look

"""The one step of a batch: from waiting to checked, with its counts and findings; nothing else writes its state."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from filing.goods.findings import Finding
from filing.models import BatchState, GoodsBatch


def check(submission_id: UUID, *, counts: dict[str, int], findings: list[Finding]) -> bool:
    """Whether this caller moved it; another one that came too late writes nothing."""
    waiting = GoodsBatch.objects.filter(pk=submission_id, state=BatchState.WAITING)
    moved = waiting.update(
        state=BatchState.CHECKED,
        checked_at=timezone.now(),
        findings=[one.as_stored() for one in findings],
        **counts,
    )
    return bool(moved)

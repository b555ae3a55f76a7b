"""Work of the trail that runs by the clock."""

from __future__ import annotations

from celery import shared_task

from trail import seals


@shared_task(name="trail.tasks.seal")
def seal() -> None:
    """Seal the rows written since the last time."""
    seals.seal()

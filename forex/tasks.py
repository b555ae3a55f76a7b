"""What the beat asks of this room."""

from __future__ import annotations

from celery import shared_task

from forex import ownership


@shared_task(name="forex.tasks.remind")
def remind() -> None:
    """Tell companies whose declarations fall due; several times a day, each payment once."""
    ownership.remind()

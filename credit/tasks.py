"""Ids in, service call out."""

from __future__ import annotations

from celery import shared_task

from credit import windows_told


@shared_task(name="credit.tasks.tell_windows")
def tell_windows() -> None:
    """Tell companies what has come about with the periods of their records; once a day."""
    windows_told.tell()

"""Ids in, service call out, in a queue and a process of their own: what hangs here holds up nothing else."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from identity import lookups, purge
from submissions.nudge import send

AT_ONCE = 500  # checks of one agency in one sweep
IN_ONE_TASK = 25


@shared_task(name="identity.tasks.look_up")
def look_up(verification_ids: list[str]) -> None:
    """Ask for these checks."""
    lookups.run_all([UUID(key) for key in verification_ids])


@shared_task(name="identity.tasks.sweep")
def sweep() -> None:
    """Wake workers for every check that is due."""
    keys = [str(key) for key in lookups.due(AT_ONCE)]
    for start in range(0, len(keys), IN_ONE_TASK):
        send(look_up, keys[start : start + IN_ONE_TASK])


@shared_task(name="identity.tasks.purge")
def purge_old() -> None:
    """Delete what nobody has asked for within the time of retention."""
    purge.purge()

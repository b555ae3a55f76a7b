"""Ids in, service call out. Nudges may be lost or doubled; the sweep finds whatever they missed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from uuid import UUID

from celery import shared_task

from customs import buyers, forward, match, parking, partitions, replies
from customs.arrival import AT_ONCE
from customs.load import to_load
from submissions.nudge import in_sets, taken, wake_waiting

log = logging.getLogger(__name__)


@shared_task(name="customs.tasks.load")
def load(submission_id: str | None = None) -> None:
    """Match the messages that wait in the mailbox, and this one; let go what they complete."""
    ids = taken(load, submission_id)
    parking.attempt_set([UUID(key) for key in dict.fromkeys(ids)])


in_sets(load, AT_ONCE)


@shared_task(name="customs.tasks.rematch")
def rematch(verification_ids: list[str]) -> None:
    """Match the lists that waited for these checks of their buyers."""
    match.match_lists(buyers.of_checks(UUID(key) for key in verification_ids))


@shared_task(name="customs.tasks.sweep")
def sweep() -> None:
    """Unloaded messages, unmatched lists, messages whose waiting limit has passed, replies still parked.

    One that fails is logged and tried again next time; the others go on.
    """
    wake_waiting(load)
    for submission_id in to_load():
        _try("load", lambda key=submission_id: parking.attempt(key))  # type: ignore[misc]
    _try("match", match.sweep)
    _try("forward", forward.consider_overdue)
    _try("catch up", forward.catch_up_behind)
    _try("replies", replies.reconsider_parked)


@shared_task(name="customs.tasks.create_partitions")
def create_partitions() -> None:
    """The tables of the months to come."""
    partitions.create_partitions()


def _try(what: str, act: Callable[[], object]) -> None:
    try:
        act()
    except Exception:
        log.exception("the customs sweep could not %s", what)

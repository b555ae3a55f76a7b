"""Waking a worker up. Only a nudge: what is to be done stands in the database, and the sweep finds it without
us.

Tasks that work in sets (`in_sets`) get their ids in a mailbox and one wake for a set (`mailbox.py`).

A broker that is gone must neither fail nor hold up the request of an applicant: one short try, then silence
for a few seconds, so that many nudges of one request do not add up their waiting.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import Any

from celery import Task
from django.conf import settings
from django.db import transaction
from kombu import Connection
from kombu.pools import producers

from submissions import mailbox

log = logging.getLogger(__name__)

CONNECT_SECONDS = 0.7
SILENCE_SECONDS = 5.0
# Celery's own connection tries for six seconds and more before it gives up.
TRANSPORT = {
    "socket_connect_timeout": CONNECT_SECONDS,
    "socket_timeout": CONNECT_SECONDS,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
}


class _Silence(threading.local):
    until = 0.0


_silence = _Silence()
_sets: dict[str, int] = {}  # task → how many ids it takes together


def in_sets(task: Task, at_once: int) -> None:
    """From now on ids for this task are left in its mailbox, and a worker is woken once for so many."""
    _sets[task.name] = at_once


def taken(task: Task, key: str | None = None) -> list[str]:
    """What a worker that was woken has to do: the id it was given, if any, and a set from the mailbox."""
    return [*filter(None, [key]), *mailbox.take(task.name, _sets[task.name])]


def nudge(task: Task, *args: Any, countdown: float | None = None) -> None:
    """Ask for the task once the transaction has committed (at once when there is none)."""
    transaction.on_commit(lambda: send(task, *args, countdown=countdown))


def send(task: Task, *args: Any, countdown: float | None = None) -> bool:
    """Publish now; False when the broker is gone or was a moment ago."""
    if time.monotonic() < _silence.until:
        return False
    try:
        if countdown is None and task.name in _sets:
            # One wake for every full set, and one for the beginning of the next.
            if mailbox.put(task.name, args[0]) % _sets[task.name] != 1:
                return True
            args = ()
        _publish(task, args, countdown)
    except Exception:
        _silence.until = time.monotonic() + SILENCE_SECONDS
        log.warning("the broker is gone: %s waits for the sweep", task.name, exc_info=True)
        return False
    return True


def wake_waiting(task: Task) -> None:
    """Wake a worker for a mailbox whose wake was lost: the sweep's share."""
    try:
        if mailbox.waiting(task.name):
            _publish(task, ())
    except Exception:
        log.warning("the broker is gone: %s waits for the next sweep", task.name, exc_info=True)


def _publish(task: Task, args: tuple[Any, ...], countdown: float | None = None) -> None:
    with producers[Connection(settings.CELERY_BROKER_URL, transport_options=TRANSPORT)].acquire(
        block=True, timeout=CONNECT_SECONDS
    ) as producer:
        options: dict[str, Any] = {} if countdown is None else {"countdown": countdown}
        task.apply_async(args=args, **options, retry=False, producer=producer)

"""Waking a worker up. Only a nudge: what is to be done stands in the database, and the sweep finds it without
us.

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


def nudge(task: Task, *args: Any, countdown: float | None = None) -> None:
    """Ask for the task once the transaction has committed (at once when there is none)."""
    transaction.on_commit(lambda: send(task, *args, countdown=countdown))


def send(task: Task, *args: Any, countdown: float | None = None) -> bool:
    """Publish now; False when the broker is gone or was a moment ago."""
    if time.monotonic() < _silence.until:
        return False
    try:
        with producers[Connection(settings.CELERY_BROKER_URL, transport_options=TRANSPORT)].acquire(
            block=True, timeout=CONNECT_SECONDS
        ) as producer:
            options: dict[str, Any] = {} if countdown is None else {"countdown": countdown}
            task.apply_async(args=args, **options, retry=False, producer=producer)
    except Exception:
        _silence.until = time.monotonic() + SILENCE_SECONDS
        log.warning("the broker is gone: %s waits for the sweep", task.name, exc_info=True)
        return False
    return True

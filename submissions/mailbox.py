"""Ids of what is due, left at the broker for a worker that takes them together.

A task for each of a thousand rows would cost more than the work. So rows of one sort are put into a list at the
broker, and a worker is woken once for every set; who comes takes a set in the order in which they came. The list is
a nudge like any other: it may be lost, and what is due is found in the database by the sweep.
"""

from __future__ import annotations

import os
from functools import lru_cache

from django.conf import settings
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

SECONDS = 0.7  # to connect, and to answer


def put(name: str, key: str) -> int:
    """Leave an id; how many wait now. Any error of the broker's library may be raised."""
    return int(_broker().rpush(_list(name), key))


def take(name: str, most: int) -> list[str]:
    """The next ids, at most so many; none when the broker is gone."""
    try:
        found = _broker().lpop(_list(name), most)
    except Exception:
        return []
    return [key.decode() for key in found or () if isinstance(key, bytes)]


def waiting(name: str) -> int:
    """How many wait."""
    return int(_broker().llen(_list(name)))


def _list(name: str) -> str:
    return f"waiting:{name}"


def _broker() -> Redis:
    return _connected(os.getpid(), settings.CELERY_BROKER_URL)


@lru_cache(maxsize=4)
def _connected(pid: int, url: str) -> Redis:
    """Connections do not survive a fork."""
    return Redis.from_url(
        url, socket_timeout=SECONDS, socket_connect_timeout=SECONDS, retry=Retry(NoBackoff(), 0)
    )

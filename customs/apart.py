"""Many at a time, yet one that fails stops none of the others."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TypeVar

from django.db import OperationalError

log = logging.getLogger(__name__)
T = TypeVar("T")


def apart(act: Callable[[Sequence[T]], int], items: Sequence[T]) -> int:
    """`act` on all of them; where that fails on each half, down to the one that is to blame: it is logged.

    `act` leaves nothing behind when it raises, or may be repeated. A database that is away is nobody's fault:
    `OperationalError` is raised at once.
    """
    if not items:
        return 0
    try:
        return act(items)
    except OperationalError:
        raise
    except Exception:
        if len(items) == 1:
            log.exception("%s is left for the next sweep", getattr(items[0], "pk", items[0]))
            return 0
    half = len(items) // 2
    return apart(act, items[:half]) + apart(act, items[half:])

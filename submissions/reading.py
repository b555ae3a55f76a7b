"""What one page asks for again and again is read once.

The figures of an overview are counted by desks that know nothing of each other and look at the same lists and
months. Within `one_reading` a function marked `once` is called once for the same arguments; outside of it, and in
another thread or request, every call reads anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

_read: ContextVar[dict[Any, Any] | None] = ContextVar("read", default=None)


@contextmanager
def one_reading() -> Iterator[None]:
    """Everything read in it is of one moment. Nothing is written in it."""
    token = _read.set({})
    try:
        yield
    finally:
        _read.reset(token)


P = ParamSpec("P")
R = TypeVar("R")


def once(function: Callable[P, R]) -> Callable[P, R]:
    """Read once a reading. Positional arguments that can be hashed; what comes back is not changed by anybody."""

    @wraps(function)
    def reading(*args: P.args, **kwargs: P.kwargs) -> R:
        held = _read.get()
        if held is None or kwargs:
            return function(*args, **kwargs)
        key = (function, args)
        if key not in held:
            held[key] = function(*args, **kwargs)
        found: R = held[key]
        return found

    return reading

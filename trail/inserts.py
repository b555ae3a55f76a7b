"""Rows without an object for each, and together where they belong together: what a step leaves behind costs one
round trip.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection

from trail.prepared import call

FEW = 2  # rows of a statement whose plan is worth keeping
Statement = tuple[str, list[Any]]
_open: ContextVar[list[Statement] | None] = ContextVar("open", default=None)


def insert(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write the rows; what is not named takes the default of the database.

    Names come from our code, values always travel as parameters. Inside `together` they are written at its end.
    """
    kept = list(rows)
    if not kept:
        return
    places = ", ".join([f"({', '.join(['%s'] * len(columns))})"] * len(kept))
    statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES {places}"  # noqa: S608 - see the docstring
    if len(kept) <= FEW:
        statement = call(statement)
    told = (statement, [value for row in kept for value in row])
    waiting = _open.get()
    if waiting is None:
        _write([told])
    else:
        waiting.append(told)


def flush() -> None:
    """Write what waits in `together` now: somebody is about to look for it."""
    waiting = _open.get()
    if waiting:
        told, waiting[:] = list(waiting), []
        _write(told)


@contextmanager
def together() -> Iterator[None]:
    """Write what is inserted inside in one round trip, in its order, at the end; nothing when an error leaves it.

    Who looks for these rows before has to `flush`. Inside another `together`, that one's end counts.
    """
    if _open.get() is not None:
        yield
        return
    waiting: list[Statement] = []
    token = _open.set(waiting)
    try:
        yield
    finally:
        _open.reset(token)
    _write(waiting)


def _write(waiting: Sequence[Statement]) -> None:
    if not waiting:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            ";\n".join(statement for statement, _values in waiting),
            [value for _statement, values in waiting for value in values],
        )

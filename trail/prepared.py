"""Statements that are asked all day are planned once a connection, not every time.

For a statement over a few tables PostgreSQL spends ten times as long on planning as on the rows. PREPARE keeps the
plan with the connection; it survives a rollback, and PostgreSQL makes it anew when a table or its figures change. So
whoever stands between us and the database must not hand a connection to another session.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection

_PLACE = re.compile(r"%s(::\w+(?:\[\])?)?")
_prepared: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()  # connection of the driver → names


@lru_cache(maxsize=512)
def _statement(sql: str) -> tuple[str, str, str]:
    """Name, text with numbered places, and the call for it."""
    numbers = count(1)
    text = _PLACE.sub(lambda found: f"${next(numbers)}{found[1] or ''}", sql).replace("%%", "%")
    name = f"p_{hashlib.sha256(sql.encode()).hexdigest()[:20]}"
    # A cast is for the value, too: a list of texts is no list of keys by itself.
    places = ", ".join(found[0] for found in _PLACE.finditer(sql))
    return name, f"PREPARE {name} AS {text}", f"EXECUTE {name}({places})" if places else f"EXECUTE {name}"


def call(sql: str) -> str:
    """The text to execute instead of `sql`, with the same parameters: its plan is kept from now on.

    `sql` is a text of ours with `%s` for each value. What a value is, PostgreSQL learns from its place alone.
    """
    name, prepare, execute = _statement(sql)
    connection.ensure_connection()
    driver = connection.connection
    names = _prepared.setdefault(driver, set())
    if name not in names:
        # Beside Django's cursor: it is no question of the caller's.
        with driver.cursor() as cursor:
            cursor.execute(prepare)
        names.add(name)
    return execute


def rows(sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """What the statement returns."""
    statement = call(sql)
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()


def run(sql: str, parameters: Sequence[Any]) -> None:
    """A statement that returns nothing."""
    statement = call(sql)
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)

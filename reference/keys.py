"""Time-ordered keys made outside the database (rows are loaded by COPY, so the key must be known before)."""

from __future__ import annotations

import os
import threading
import time
from uuid import UUID, SafeUUID

from psycopg2.extensions import cursor, new_type, register_type

UUID_TYPE = 2950  # PostgreSQL's number of it

_lock = threading.Lock()
_last = 0


def uuid7() -> UUID:
    """A version 7 UUID (RFC 9562): 48 bits of milliseconds, 12 of fraction, 62 random; rising in a process."""
    return uuid7s(1)[0]


def uuid7s(count: int) -> list[UUID]:
    """So many version 7 UUIDs, rising."""
    global _last  # noqa: PLW0603 - the clock of this process
    with _lock:
        now = time.time_ns() * 4096 // 1_000_000  # milliseconds with 12 bits of fraction
        first = max(now, _last + 1)
        _last = first + count - 1
    random = os.urandom(8 * count)
    return [
        _uuid7(first + n, int.from_bytes(random[8 * n : 8 * n + 8]) & ((1 << 62) - 1)) for n in range(count)
    ]


def _uuid7(stamp: int, random: int) -> UUID:
    milliseconds, fraction = stamp >> 12, stamp & 0xFFF
    return uuid_of((milliseconds << 80) | (7 << 76) | (fraction << 64) | (0b10 << 62) | random)


def _read(text: str | bytes | None, _cursor: cursor) -> UUID | None:
    return None if text is None else uuid_of(int(str(text).replace("-", ""), 16))


def register() -> None:
    """Let psycopg2 make keys by `uuid_of`: a set of a hundred lists has thousands of them."""
    register_type(new_type((UUID_TYPE,), "UUID", _read))


def uuid_of(number: int) -> UUID:
    """`UUID(int=number)` without the checks of its constructor, which cost more than all the rest of a key."""
    made = object.__new__(UUID)
    object.__setattr__(made, "int", number)
    object.__setattr__(made, "is_safe", SafeUUID.unknown)
    return made

"""Time-ordered keys made outside the database (rows are loaded by COPY, so the key must be known before)."""

from __future__ import annotations

import os
import threading
import time
from uuid import UUID

_lock = threading.Lock()
_last = 0


def uuid7() -> UUID:
    """A version 7 UUID (RFC 9562): 48 bits of milliseconds, 12 of fraction, 62 random; rising in a process."""
    global _last  # noqa: PLW0603 - the clock of this process
    with _lock:
        now = time.time_ns() * 4096 // 1_000_000  # milliseconds with 12 bits of fraction
        _last = max(now, _last + 1)
        stamp = _last
    random = int.from_bytes(os.urandom(8)) & ((1 << 62) - 1)
    milliseconds, fraction = stamp >> 12, stamp & 0xFFF
    return UUID(int=(milliseconds << 80) | (7 << 76) | (fraction << 64) | (0b10 << 62) | random)

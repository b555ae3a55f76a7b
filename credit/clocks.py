"""Within how many working days requests about records are answered (R6.05): dated data of this room."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from django.utils import timezone

from reference.parameters import STANDINGS, Standing

PATH = Path(__file__).parent / "data" / "clocks.toml"


@dataclass(frozen=True, slots=True)
class Clock:
    """One row: so many working days from a day on, from which text, and how firm its reading is."""

    code: str
    valid_from: date
    working_days: int
    source: str
    standing: Standing
    name_zh: str
    name_en: str


@cache
def clocks() -> tuple[Clock, ...]:
    """All rows, the oldest first."""
    made = [Clock(**row) for row in tomllib.loads(PATH.read_text(encoding="utf-8"))["clock"]]
    if any(one.standing not in STANDINGS or one.working_days < 1 for one in made):
        raise ValueError("a clock has a standing and at least one day")
    return tuple(sorted(made, key=lambda one: one.valid_from))


def clock(code: str, on: date | None = None) -> Clock:
    """The clock in force on a day, today when not given; `LookupError` before the first."""
    day = on or timezone.localdate()
    found = [one for one in clocks() if one.code == code and one.valid_from <= day]
    if not found:
        raise LookupError(f"clock {code} on {day}")
    return found[-1]

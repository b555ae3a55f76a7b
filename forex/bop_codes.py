"""Transaction codes of the balance of payments: a dated table that says of each row how sure it is (R4.08)."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from django.utils.translation import get_language

FILE = Path(__file__).with_name("data") / "bop_codes.csv"
ONLINE_SHOPPING = "122030"  # online shopping that is not in customs statistics


@dataclass(frozen=True, slots=True)
class BopCode:
    """One code from a day on. `in_statistics`: goods that customs counts (121xxx)."""

    code: str
    valid_from: date
    name_zh: str
    name_en: str
    in_statistics: bool
    standing: str
    source: str

    @property
    def name(self) -> str:
        """In the reader's language."""
        return self.name_en if get_language() == "en" else self.name_zh


@cache
def _rows() -> tuple[BopCode, ...]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return tuple(
            BopCode(
                code=row["code"],
                valid_from=date.fromisoformat(row["valid_from"]),
                name_zh=row["name_zh"],
                name_en=row["name_en"],
                in_statistics=row["in_statistics"] == "yes",
                standing=row["standing"],
                source=row["source"],
            )
            for row in csv.DictReader(file)
        )


def codes(on: date) -> dict[str, BopCode]:
    """Code → the row in force on that day."""
    started = sorted((row for row in _rows() if row.valid_from <= on), key=lambda row: row.valid_from)
    return {row.code: row for row in started}

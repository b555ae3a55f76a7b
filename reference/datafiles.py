"""Read the data files of this folder and files of the same form. Pure: rows or problems come back."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from reference.parameters import STANDINGS, ParameterInvalid, ParameterRow, read_setting

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class CodeRow:
    """One code of one table."""

    table: str
    code: str
    valid_from: date
    name_zh: str
    name_en: str
    trust: str
    source: str
    withdrawn: bool


def code_rows(folder: Path = DATA / "codes") -> Iterator[CodeRow]:
    """Every code of every table; a table is a file, its name the file's."""
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                yield CodeRow(
                    table=path.stem,
                    code=row["code"],
                    valid_from=date.fromisoformat(row["valid_from"]),
                    name_zh=row["name_zh"],
                    name_en=row["name_en"],
                    trust=row["trust"],
                    source=row["source"],
                    withdrawn=row["withdrawn"] == "yes",
                )


def parameter_rows(path: Path = DATA / "parameters.toml") -> list[ParameterRow]:
    """The dated parameters; a value that no rule applies raises `ParameterInvalid`."""
    rows = [ParameterRow(**entry) for entry in tomllib.loads(path.read_text(encoding="utf-8"))["parameter"]]
    for row in rows:
        if row.standing not in STANDINGS:
            raise ParameterInvalid(f"{row.key}: {row.standing!r} is none of {', '.join(STANDINGS)}")
        read_setting(row)
    return rows


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """A day that is not what its weekday says."""

    day: date
    kind: str
    name_zh: str
    name_en: str
    trust: str
    source: str


def calendar_rows(path: Path = DATA / "calendar.csv") -> list[CalendarRow]:
    """Holidays and make-up working days of the announced years."""
    with path.open(encoding="utf-8", newline="") as file:
        return [CalendarRow(**row | {"day": date.fromisoformat(row["day"])}) for row in csv.DictReader(file)]  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class RateRow:
    """CNY for one unit of a currency (alpha-3) from a day on."""

    currency: str
    kind: str
    valid_from: date
    rate: Decimal
    source: str
    standing: str


def rate_rows(path: Path = DATA / "exchange_rates.csv") -> list[RateRow]:
    """The rates that come with the portal: those of the demonstration, and they say so."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            RateRow(
                currency=row["currency"],
                kind=row["kind"],
                valid_from=date.fromisoformat(row["valid_from"]),
                rate=Decimal(row["rate"]).quantize(Decimal("0.000001")),
                source=row["source"],
                standing=row["standing"],
            )
            for row in csv.DictReader(file)
        ]

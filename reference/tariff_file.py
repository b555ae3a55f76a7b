"""Read a tariff table from a CSV file: every fault by line and column, or rows fit to load. Pure.

The columns are those of `reference/data/tariff.csv`; docs/reference-data.md describes them.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from django.utils.translation import gettext_noop

from reference.datafiles import DATA
from reference.problems import Problem

TARIFF = DATA / "tariff.csv"
COLUMNS = (
    "hs10",
    "valid_from",
    "name_zh",
    "name_en",
    "unit1",
    "unit2",
    "mfn_rate",
    "vat_rate",
    "ct_rate",
    "ct_specific",
    "ct_specific_unit",
    "ct_threshold",
    "ct_threshold_unit",
    "evidence",
    "source",
)
THRESHOLD_UNITS = ("", "ml_or_g", "sheet", "piece")
EVIDENCE = ("official", "seen", "rules", "memory")
HS10 = re.compile(r"[0-9]{10}")
RATE_PLACES = 5
FEW = 10
DUTY_LIMIT = 10  # A tariff of 1,000 % does not exist: a larger figure is a percentage written by mistake.


@dataclass(frozen=True, slots=True)
class TariffRow:
    """One line of the tariff; fields as in `reference.models.TariffLine`."""

    hs10: str
    valid_from: date
    name_zh: str
    name_en: str
    unit1: str
    unit2: str
    mfn_rate: Decimal
    vat_rate: Decimal
    ct_rate: Decimal
    ct_specific: Decimal | None
    ct_specific_unit: str
    ct_threshold: Decimal | None
    ct_threshold_unit: str
    evidence: str
    source: str


class _Line:
    """One line being read: takes its cells one by one and remembers what is wrong with them."""

    def __init__(self, number: int, cells: dict[str, str]) -> None:
        self.number = number
        self.cells = cells
        self.problems: list[Problem] = []

    def text(self, column: str, longest: int, *, required: bool = False) -> str:
        value = self.cells[column].strip()
        if required and not value:
            self.fault(column, "tariff.empty", gettext_noop("This column must be filled."))
        if len(value) > longest:
            message = gettext_noop("At most {longest} characters fit here.")
            self.fault(column, "tariff.length", message, longest=str(longest))
        return value

    def chosen(self, column: str, allowed: Collection[str]) -> str:
        value = self.cells[column].strip()
        if value not in allowed:
            message = gettext_noop("“{value}” is not one of: {allowed}.")
            shown = ", ".join(sorted(filter(None, allowed))) if len(allowed) <= FEW else "…"
            self.fault(column, "tariff.code", message, value=value, allowed=shown)
        return value

    def day(self, column: str) -> date:
        try:
            return date.fromisoformat(self.cells[column].strip())
        except ValueError:
            self.fault(column, "tariff.date", gettext_noop("This is not a date of the form 2026-01-31."))
            return date.min

    def hs10(self) -> str:
        value = self.cells["hs10"].strip()
        if not HS10.fullmatch(value):
            message = gettext_noop("“{value}” is not a ten-digit HS code.")
            self.fault("hs10", "tariff.hs10", message, value=value)
        return value

    def rate(self, column: str, below: int) -> Decimal:
        value = self.number_in(column)
        if value is None:
            self.fault(column, "tariff.empty", gettext_noop("This column must be filled."))
            return Decimal(0)
        if not 0 <= value < below or value != round(value, RATE_PLACES):
            message = gettext_noop("A rate is a fraction from 0 to below {below} with at most five decimals.")
            self.fault(column, "tariff.rate", message, below=str(below))
        return value

    def amount(self, column: str, places: int) -> Decimal | None:
        value = self.number_in(column)
        if value is not None and (not 0 < value < Decimal("1e7") or value != round(value, places)):
            message = gettext_noop("An amount is above 0 with at most {places} decimals.")
            self.fault(column, "tariff.amount", message, places=str(places))
        return value

    def number_in(self, column: str) -> Decimal | None:
        written = self.cells[column].strip()
        if not written:
            return None
        try:
            value = Decimal(written)
            if not value.is_finite():
                raise InvalidOperation
        except InvalidOperation:
            message = gettext_noop("“{value}” is not a number.")
            self.fault(column, "tariff.number", message, value=written)
            return None
        return value

    def both(self, amount: str, unit: str) -> None:
        if bool(self.cells[amount].strip()) != bool(self.cells[unit].strip()):
            message = gettext_noop("{amount} and {unit} go together: fill both or neither.")
            self.fault(unit, "tariff.pair", message, amount=amount, unit=unit)

    def fault(self, column: str, code: str, message: str, **params: str) -> None:
        self.problems.append(Problem(code, f"/line[{self.number}]/{column}", message, params))


def read_tariff(path: Path, units: Collection[str]) -> tuple[list[TariffRow], list[Problem]]:
    """Rows and faults of a tariff file; `units` are customs' unit codes. Line 1 is the heading."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
            if missing:
                message = gettext_noop("These columns are missing: {columns}.")
                return [], [Problem("tariff.columns", "/line[1]", message, {"columns": ", ".join(missing)})]
            return _read_lines(reader, units)
    except (UnicodeDecodeError, csv.Error) as error:
        message = gettext_noop("The file cannot be read as CSV in UTF-8: {reason}.")
        return [], [Problem("tariff.file", "/", message, {"reason": str(error)})]


def _read_lines(reader: csv.DictReader[str], units: Collection[str]) -> tuple[list[TariffRow], list[Problem]]:
    rows: list[TariffRow] = []
    problems: list[Problem] = []
    seen: dict[tuple[str, date], int] = {}
    for cells in reader:
        line = _Line(reader.line_num, {column: cells.get(column) or "" for column in COLUMNS})
        row = _row(line, units)
        first = line.number if line.problems else seen.setdefault((row.hs10, row.valid_from), line.number)
        if first != line.number:
            message = gettext_noop("The same HS code and date stand in line {first}.")
            line.fault("hs10", "tariff.repeated", message, first=str(first))
        rows.append(row)
        problems += line.problems
    return rows, problems


def _row(line: _Line, units: Collection[str]) -> TariffRow:
    optional_units = {*units, ""}
    line.both("ct_specific", "ct_specific_unit")
    line.both("ct_threshold", "ct_threshold_unit")
    return TariffRow(
        hs10=line.hs10(),
        valid_from=line.day("valid_from"),
        name_zh=line.text("name_zh", 300, required=True),
        name_en=line.text("name_en", 300),
        unit1=line.chosen("unit1", units),
        unit2=line.chosen("unit2", optional_units),
        mfn_rate=line.rate("mfn_rate", DUTY_LIMIT),
        vat_rate=line.rate("vat_rate", 1),
        ct_rate=line.rate("ct_rate", 1),
        ct_specific=line.amount("ct_specific", 5),
        ct_specific_unit=line.chosen("ct_specific_unit", optional_units),
        ct_threshold=line.amount("ct_threshold", 2),
        ct_threshold_unit=line.chosen("ct_threshold_unit", THRESHOLD_UNITS),
        evidence=line.chosen("evidence", EVIDENCE),
        source=line.text("source", 300, required=True),
    )

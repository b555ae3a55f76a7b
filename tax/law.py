"""The dated rules of this room: read from `tax/data`, given to the pure rules as one value."""

from __future__ import annotations

import csv
import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

STANDINGS = {"contested": _("contested"), "unverified": _("unverified")}
DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Basis:
    """Where a rule stands, since when it holds, and how sure that is."""

    source: str
    valid_from: date
    standing: str
    note_zh: str = ""
    note_en: str = ""

    @property
    def note(self) -> str:
        """In the active language."""
        return self.note_en if get_language() == "en" else self.note_zh

    @property
    def standing_text(self) -> str:
        """How sure it is, for people; "" where the clause was read."""
        return str(STANDINGS.get(self.standing, ""))


@dataclass(frozen=True, slots=True)
class Rule:
    """A dated rule with its value as in the file."""

    key: str
    value: object
    basis: Basis

    @property
    def decimal(self) -> Decimal | None:
        """A rate; None where the file says that there is none any more."""
        return Decimal(str(self.value)) if self.value != "" else None


@dataclass(frozen=True, slots=True)
class Dated:
    """A row of a table by prefix; `valid_to` None: still in force. `value`: a rate, or a zone's code."""

    prefix: str
    value: str
    valid_from: date
    valid_to: date | None
    basis: Basis

    def holds(self, code: str, on: date) -> bool:
        """Whether it speaks of that code on that day."""
        return (
            code.startswith(self.prefix)
            and self.valid_from <= on
            and (self.valid_to is None or on <= self.valid_to)
        )


@dataclass(frozen=True, slots=True)
class Law:
    """Everything the rules look up."""

    rules: tuple[Rule, ...]
    refund_rates: tuple[Dated, ...]
    offices: tuple[Dated, ...]

    def rule(self, key: str, on: date) -> Rule | None:
        """The rule in force on that day; None before it began."""
        started = [row for row in self.rules if row.key == key and row.basis.valid_from <= on]
        return max(started, key=lambda row: row.basis.valid_from, default=None)

    def cancelled(self, hs10: str, on: date) -> Dated | None:
        """The row by which the refund of those goods is cancelled on the day of export (rules R3.04)."""
        row = _longest(self.refund_rates, hs10, on)
        return row if row is not None and Decimal(row.value) == 0 else None

    def zone_of(self, office: str, on: date) -> Dated | None:
        """The pilot zone in whose place that customs office stands."""
        return _longest(self.offices, office, on)


def _longest(rows: tuple[Dated, ...], code: str, on: date) -> Dated | None:
    return max((row for row in rows if row.holds(code, on)), key=lambda row: len(row.prefix), default=None)


@cache
def law() -> Law:
    """The rules as shipped; read once a process."""
    rules = tomllib.loads((DATA / "law.toml").read_text(encoding="utf-8"))["rule"]
    return Law(
        rules=tuple(_rule(row) for row in rules),
        refund_rates=_table("refund_rates.csv", "hs_prefix", "refund_rate"),
        offices=_table("zone_offices.csv", "office_prefix", "zone"),
    )


def _rule(row: dict[str, object]) -> Rule:
    names = ("source", "valid_from", "standing", "note_zh", "note_en")
    return Rule(str(row["key"]), row["value"], Basis(**{name: row[name] for name in names}))  # type: ignore[arg-type]


def _table(name: str, prefix: str, value: str) -> tuple[Dated, ...]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return tuple(_dated(row, prefix, value) for row in csv.DictReader(file))


def _dated(row: dict[str, str], prefix: str, value: str) -> Dated:
    start = date.fromisoformat(row["valid_from"])
    end = date.fromisoformat(row["valid_to"]) if row["valid_to"] else None
    basis = Basis(row["source"], start, row["standing"], row.get("name_zh", ""), row.get("name_en", ""))
    return Dated(row[prefix], row[value], start, end, basis)

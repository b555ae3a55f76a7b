"""The zone's integrity score: a published, versioned formula, explained fact by fact. Pure.

It is the zone's own design (R13.11). A formula scores the days from its `valid_from` on and is published before;
a later edition therefore changes no day that was scored already.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any, cast

from credit.values import SEVERITIES, Known, Severity
from credit.windows import MONTHS

DATA = Path(__file__).parent / "data"
ONE, ZERO = Decimal(1), Decimal(0)
EXACT = Decimal("0.0001")  # deductions are kept to this; only the score itself is rounded for people


class NoFormula(LookupError):
    """No formula scored that day."""


@dataclass(frozen=True, slots=True)
class ClassRule:
    """What a fact of a class takes away, over how many months it fades, and the most its class takes."""

    weight: Decimal
    months: int
    cap: Decimal


@dataclass(frozen=True, slots=True)
class Formula:
    """One edition."""

    version: str
    valid_from: date
    published_on: date
    base: Decimal
    floor: Decimal
    digits: int
    after_repair: Decimal
    classes: Mapping[Severity, ClassRule]
    name_zh: str
    name_en: str
    note_zh: str
    note_en: str


@dataclass(frozen=True, slots=True)
class Part:
    """What one fact takes away, and how that comes: weight × fading × repair = deduction."""

    known: Known
    weight: Decimal
    months: int
    fading: Decimal
    repair: Decimal
    deduction: Decimal

    @property
    def severity(self) -> Severity:
        """Class of the fact."""
        return self.known.fact.severity


@dataclass(frozen=True, slots=True)
class Cap:
    """A class whose facts together would take more than the formula allows."""

    severity: Severity
    sum: Decimal
    cap: Decimal


@dataclass(frozen=True, slots=True)
class Score:
    """The score of a day with everything it comes from."""

    value: Decimal
    as_of: date
    formula: Formula
    parts: tuple[Part, ...]
    caps: tuple[Cap, ...]


def read_formula(path: Path) -> Formula:
    """One edition from its file."""
    raw: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    classes = {
        severity: ClassRule(Decimal(row["weight"]), int(row["months"]), Decimal(row["cap"]))
        for severity, row in raw.pop("classes").items()
    }
    for name in ("base", "floor", "after_repair"):
        raw[name] = Decimal(raw[name])
    made = Formula(**raw, classes=cast("Mapping[Severity, ClassRule]", classes))
    if set(classes) != set(SEVERITIES) or made.published_on > made.valid_from:
        raise ValueError(f"{path.name}: every class, and published before it scores")
    return made


@cache
def formulas() -> tuple[Formula, ...]:
    """All editions, the oldest first."""
    return tuple(sorted(map(read_formula, DATA.glob("formula_v*.toml")), key=lambda one: one.valid_from))


def formula_on(day: date, editions: Sequence[Formula] | None = None) -> Formula:
    """The edition that scores a day; `NoFormula` before the first."""
    started = [one for one in (formulas() if editions is None else editions) if one.valid_from <= day]
    if not started:
        raise NoFormula(day.isoformat())
    return started[-1]


def full_months(since: date, until: date) -> int:
    """Whole months from one day to another; 0 when it is the other way round."""
    months = (until.year - since.year) * MONTHS + until.month - since.month
    return max(0, months - (until.day < since.day))


def part_of(one: Known, as_of: date, formula: Formula) -> Part:
    """What one fact takes away on that day."""
    rule = formula.classes[one.fact.severity]
    months = full_months(one.fact.ruled_on, as_of)
    fading = max(ZERO, ONE - Decimal(months) / rule.months)
    repaired = one.repaired_on is not None and one.repaired_on <= as_of
    repair = formula.after_repair if repaired else ONE
    deduction = (rule.weight * fading * repair).quantize(EXACT, ROUND_HALF_UP)
    return Part(one, rule.weight, months, fading.quantize(EXACT, ROUND_HALF_UP), repair, deduction)


def score(facts: Iterable[Known], as_of: date, formula: Formula) -> Score:
    """The score of a day from the facts known (see `values.known`).

    A fact counts from the day of its ruling on; a withdrawn one does not count on any day.
    """
    counted = [one for one in facts if not one.is_withdrawn and one.fact.ruled_on <= as_of]
    parts = tuple(part_of(one, as_of, formula) for one in counted)
    sums = {
        severity: sum((p.deduction for p in parts if p.severity == severity), ZERO) for severity in SEVERITIES
    }
    caps = tuple(
        Cap(severity, total, formula.classes[severity].cap)
        for severity, total in sums.items()
        if total > formula.classes[severity].cap
    )
    taken = sum((min(total, formula.classes[severity].cap) for severity, total in sums.items()), ZERO)
    value = max(formula.floor, formula.base - taken).quantize(ONE.scaleb(-formula.digits), ROUND_HALF_UP)
    return Score(value, as_of, formula, parts, caps)

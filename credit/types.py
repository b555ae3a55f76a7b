"""The kinds of facts: names, classes and basis, dated. Pure data of this room."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import get_language

from credit.values import Severity
from reference.parameters import STANDINGS, Standing

PATH = Path(__file__).parent / "data" / "fact_types.toml"


@dataclass(frozen=True, slots=True)
class Rule:
    """Which event at a desk is noted as a fact, and in which words ({named} places)."""

    event: str
    codes: tuple[str, ...]
    grace_hours: int
    subject: str
    words_zh: str
    words_en: str


@dataclass(frozen=True, slots=True)
class FactType:
    """One kind of fact in force from a day on.

    `observed`: noted by the portal itself, `agency` answers for it; `rule` says when.
    """

    code: str
    valid_from: date
    classes: tuple[Severity, ...]
    observed: bool
    agency: str
    name_zh: str
    name_en: str
    basis_zh: str
    basis_en: str
    standing: Standing
    rule: Rule | None = None

    @property
    def name(self) -> str:
        """Name in the reader's language."""
        return self.name_en if get_language() == "en" else self.name_zh

    @property
    def basis(self) -> str:
        """What it rests on, in the reader's language."""
        return self.basis_en if get_language() == "en" else self.basis_zh


@cache
def rows(path: Path = PATH) -> tuple[FactType, ...]:
    """Every row of the data file."""
    raw = tomllib.loads(path.read_text(encoding="utf-8"))["type"]
    made = tuple(map(_row, raw))
    for row in made:
        if row.standing not in STANDINGS or not row.classes or (row.observed and len(row.classes) != 1):
            raise ValueError(f"{row.code}: a standing, its classes, and one class when it is observed")
        if row.observed is not (row.rule is not None):
            raise ValueError(f"{row.code}: what the portal notes itself has a rule, nothing else has")
    return made


def _row(raw: dict[str, Any]) -> FactType:
    rule = raw.get("rule")
    made = Rule(**(rule | {"codes": tuple(rule["codes"])})) if rule else None
    return FactType(**(raw | {"classes": tuple(raw["classes"]), "rule": made}))


def types_on(day: date) -> Mapping[str, FactType]:
    """Code → the kind as it stands on a day."""
    found: dict[str, FactType] = {}
    for row in sorted(rows(), key=lambda one: one.valid_from):
        if row.valid_from <= day:
            found[row.code] = row
    return found


def type_name(code: str, day: date) -> str:
    """Name in the reader's language; the code itself when nothing is known of it."""
    found = types_on(day).get(code)
    return found.name if found else code

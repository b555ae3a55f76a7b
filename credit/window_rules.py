"""The dated rules of publication from their data file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from credit.values import Severity
from credit.windows import Window, WindowRule, window
from reference.parameters import Standing

PATH = Path(__file__).parent / "data" / "windows.toml"


@dataclass(frozen=True, slots=True)
class DatedRule:
    """One row: the rule, since when, from which text, and how firm its reading is."""

    severity: Severity
    valid_from: date
    rule: WindowRule
    source: str
    standing: Standing


@cache
def dated_rules() -> tuple[DatedRule, ...]:
    """All rows, the oldest first."""
    raw: list[dict[str, Any]] = tomllib.loads(PATH.read_text(encoding="utf-8"))["window"]
    made = [
        DatedRule(
            severity=row["severity"],
            valid_from=row["valid_from"],
            rule=WindowRule(row.get("min_months"), row["max_months"], row["always"], row["boundary"]),
            source=row["source"],
            standing=row["standing"],
        )
        for row in raw
    ]
    return tuple(sorted(made, key=lambda one: one.valid_from))


def rule_on(severity: str, day: date) -> DatedRule | None:
    """The rule of a class on a day; None before the first is on record: nothing is published then."""
    found = [one for one in dated_rules() if one.severity == severity and one.valid_from <= day]
    return found[-1] if found else None


def window_on(severity: str, ruled_on: date, day: date, *, made_public: bool = False) -> Window | None:
    """The period of a fact as the rules stand on `day`; None where no rule is on record."""
    found = rule_on(severity, day)
    return window(ruled_on, found.rule, made_public=made_public) if found else None

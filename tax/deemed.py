"""Deemed income tax of a year's exempt revenue (rules R3.05)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tax.law import Basis, Law
from tax.money import half_up


@dataclass(frozen=True, slots=True)
class Deemed:
    """CNY. `small` is None when no relief for small low-profit enterprises is known for the day."""

    revenue: Decimal
    income: Decimal
    tax: Decimal
    small: Decimal | None
    bases: tuple[Basis, ...]


def deemed(revenue: Decimal, law: Law, on: date) -> Deemed | None:
    """What would be due if that were the revenue of the year; None before the rule began."""
    rate, cit, small = (law.rule(key, on) for key in ("deemed_rate", "cit_rate", "small_rate"))
    if rate is None or cit is None or rate.decimal is None or cit.decimal is None:
        return None
    income = half_up(revenue * rate.decimal)
    relief = small.decimal if small else None
    return Deemed(
        revenue=revenue,
        income=income,
        tax=half_up(income * cit.decimal),
        small=half_up(income * relief) if relief is not None else None,
        bases=tuple(one.basis for one in (rate, cit, small) if one),
    )

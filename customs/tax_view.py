"""The import tax of a list as its page shows it: amounts, working, and the rules with their standing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from customs.models import Inventory, InventoryLine, TaxWorking
from reference.problems import Problem


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that decided the tax, with what is to be said about its standing."""

    code: str
    text: str
    source: str
    standing: str  # firm, contested, unverified


@dataclass(frozen=True, slots=True)
class WorkingStep:
    """One line of the working."""

    text: str
    working: str
    result: str
    unit: str


@dataclass(frozen=True, slots=True)
class TaxLine:
    """One goods line's tax; amounts None where they could not be worked out."""

    line: InventoryLine
    steps: tuple[WorkingStep, ...]
    unit_value: str | None
    threshold_met: bool | None


@dataclass(frozen=True, slots=True)
class TaxView:
    """The import tax of the list with its working and its rules; CNY."""

    regime: str
    regime_name: str
    dutiable_value: Decimal | None
    tariff: Decimal | None
    consumption_tax: Decimal | None
    vat: Decimal | None
    total: Decimal | None
    used_before: str
    used_after: str
    reasons: tuple[Problem, ...]
    rules: tuple[Rule, ...]
    lines: tuple[TaxLine, ...]


def working_of(inventory: Inventory) -> dict[str, Any]:
    """How its tax was worked out; empty while it has not been."""
    found = TaxWorking.objects.filter(pk=inventory.pk).values_list("working", flat=True).first()
    return found or {}


def tax_view(inventory: Inventory, lines: Sequence[InventoryLine]) -> TaxView | None:
    """None while the tax has not been worked out."""
    if not inventory.tax_regime:
        return None
    working = working_of(inventory)
    of_line = {row["gnum"]: row for row in working.get("lines", ())}
    return TaxView(
        regime=inventory.tax_regime,
        regime_name=inventory.get_tax_regime_display(),
        dutiable_value=inventory.dutiable_value,
        tariff=inventory.tariff,
        consumption_tax=inventory.consumption_tax,
        vat=inventory.vat,
        total=inventory.tax_total,
        used_before=working.get("used_before", ""),
        used_after=working.get("used_after", ""),
        reasons=tuple(Problem.from_stored(row) for row in working.get("reasons", ())),
        rules=tuple(_rule(row) for row in working.get("rules", ())),
        lines=tuple(_tax_line(line, of_line.get(line.gnum, {})) for line in lines),
    )


def _rule(row: Mapping[str, Any]) -> Rule:
    text = gettext(row["message"]).format(**row.get("params", {}))
    return Rule(row["code"], text, row["source"], row["standing"])


def _tax_line(line: InventoryLine, row: Mapping[str, Any]) -> TaxLine:
    steps = (
        WorkingStep(gettext(step["message"]), step["working"], step["result"], step["unit"])
        for step in row.get("steps", ())
    )
    return TaxLine(line, tuple(steps), row.get("unit_value"), row.get("threshold_met"))

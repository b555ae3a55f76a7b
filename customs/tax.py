"""Import tax of a set of lists: rates and parameters of the day, the buyers' used limits, the working kept.

Nothing here locks anything: `match` opens the limits, asks for the assessments one after the other and writes
everything back in a few statements.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils.translation import gettext_noop as _

from customs.findings import LIST, Row, shown
from customs.import_tax.measures import (
    Content,
    content_for,
    for_threshold,
    statutory_contents,
    written_contents,
)
from customs.import_tax.rates import rates_of
from customs.import_tax.rules import assess
from customs.import_tax.values import Assessment, LineAssessment, OrderLine, OrderValue, Rate
from reference import selectors
from reference.parameters import ParameterMissing, Parameters
from reference.problems import Problem
from reference.sets import array

OVER_SINGLE, OVER_YEARLY = "-621005", "-621018"  # customs' codes for the two limits
_LIMIT_CODES = {
    "import_tax.over_single_limit": OVER_SINGLE,
    "import_tax.over_yearly_limit": OVER_YEARLY,
}
# A column for money holds 13 digits before the point; more is no purchase of a person.
MOST = Decimal(10) ** 12


@dataclass(frozen=True, slots=True)
class Rules:
    """Rates and parameters of one day."""

    params: Parameters
    rates: Mapping[str, Rate]


@dataclass(frozen=True, slots=True)
class Taxed:
    """A list's assessment (None: it could not be made) and what there is to say about it."""

    assessment: Assessment | None
    problems: tuple[Problem, ...]
    contents: tuple[Content | None, ...] = ()

    @property
    def counts(self) -> Decimal | None:
        """What it takes of the yearly limit; None when it is refused or cannot be told."""
        if self.assessment is None or self.assessment.regime == "refused":
            return None
        return self.assessment.dutiable_value


def day_of(text: str) -> date:
    """YYYYMMDD."""
    return date(int(text[:4]), int(text[4:6]), int(text[6:8]))


def rules_of(lists: Sequence[Row], lines: Mapping[UUID, Sequence[Row]]) -> dict[str, Rules]:
    """Declaration day (as on the wire) → its rules; a day before the rules began is not in the answer."""
    found: dict[str, Rules] = {}
    for day in sorted({row["decl_time"] for row in lists}):
        codes = {
            line["gcode"] for row in lists if row["decl_time"] == day for line in lines.get(row["id"], ())
        }
        try:
            params = selectors.parameters(day_of(day))
        except ParameterMissing:
            continue
        found[day] = Rules(params, rates_of(selectors.tariff(codes, day_of(day))))
    return found


def tax(row: Row, lines: Sequence[Row], rules: Rules | None, used: Decimal) -> Taxed:
    """The import tax of one list when `used` already counts toward the buyer's limit of the year."""
    if rules is None:
        message = _("There are no import tax rules for {day}.")
        problem = Problem("tax.no_rules", f"{LIST}/declTime", message, {"day": row["decl_time"]}, "warning")
        return Taxed(None, (problem,))
    contents = tuple(content_of(line, rules.rates.get(line["gcode"])) for line in lines)
    order = OrderValue(
        lines=tuple(_line(line, content) for line, content in zip(lines, contents, strict=True)),
        freight=row["freight"],
        insurance=row["insured_fee"],
    )
    result = assess(order, rules.rates, rules.params, used)
    if result.dutiable_value >= MOST:
        message = _("The value is beyond what can be assessed.")
        return Taxed(None, (Problem("tax.beyond", "/InventoryList", message),))
    return Taxed(result, tuple(_problems(lines, rules, result)), contents)


def withheld(order: Row, taxed: Taxed, params: Parameters) -> list[Problem]:
    """The order's withheld tax beside ours; a difference is a warning, customs' own count decides (R1.12)."""
    total = taxed.assessment.total if taxed.assessment else None
    if total is None or abs(order["tax_total"] - total) <= params.reconciliation_tolerance.value:
        return []
    message = _("The order withholds {order}, the tax works out at {tax}.")
    values_ = {"order": shown(order["tax_total"]), "tax": shown(total)}
    return [Problem("tax.withheld", "/OrderHead/taxTotal", message, values_, "warning")]


def content_of(line: Row, rate: Rate | None) -> Content | None:
    """What one unit holds, in a unit that the rate asks for: statutory quantities, then the specification."""
    if rate is None:
        return None
    return content_for(rate, [*_statutory(line), *written_contents(line["gmodel"])])


def _statutory(line: Row) -> list[Content]:
    measured = [(line["unit1"], line["qty1"])]
    if line["unit2"] and line["qty2"]:
        measured.append((line["unit2"], line["qty2"]))
    return statutory_contents(line["qty"], *measured)


def _line(line: Row, content: Content | None) -> OrderLine:
    return OrderLine(
        hs=line["gcode"],
        price=line["price"],
        quantity=line["qty"],
        name=line["gname"],
        content=content.amount if content else None,
        content_unit=content.unit if content else None,
    )


def _problems(lines: Sequence[Row], rules: Rules, result: Assessment) -> list[Problem]:
    """Refusals are faults under customs' codes; what our own tables lack is a warning, customs has them."""
    found = [
        replace(reason, code=_LIMIT_CODES[reason.code], path=f"{LIST}/buyerIdNumber")
        for reason in result.reasons
        if result.regime == "refused" and reason.code in _LIMIT_CODES
    ]
    found += [replace(one, path=_path(one.path, lines), level="warning") for one in result.problems]
    for line in lines:
        found += _label(line, rules.rates.get(line["gcode"]))
    return found


def _path(path: str, lines: Sequence[Row]) -> str:
    """`/lines/0/hs` of the assessment as an element of the list."""
    _, _, index, name = path.split("/")
    return f"/InventoryList[{lines[int(index)]['gnum']}]/{'gcode' if name == 'hs' else 'qty1'}"


def _label(line: Row, rate: Rate | None) -> list[Problem]:
    """R1.17: a statutory quantity that is not what the specification states may flip the consumption tax."""
    if rate is None or rate.ct_threshold is None or rate.ct_threshold_unit != "ml_or_g":
        return []
    stated, labels = (
        [found.amount for content in contents if (found := for_threshold(content, "ml_or_g"))]
        for contents in (_statutory(line), written_contents(line["gmodel"]))
    )
    if not stated or not labels or stated[0] in labels:
        return []
    message = _("Line {line}: one unit is declared with {declared} ml or g, its specification says {label}.")
    params = {
        "line": str(line["gnum"]),
        "declared": shown(stated[0]),
        "label": shown(labels[0]),
    }
    return [
        Problem("tax.content_differs", f"/InventoryList[{line['gnum']}]/qty1", message, params, "warning")
    ]


# --- what is kept ------------------------------------------------------------------------------------------


def working(taxed: Taxed, lines: Sequence[Row]) -> dict[str, Any]:
    """The working as stored on the list: rules applied and steps as msgids, read in the reader's language."""
    result = taxed.assessment
    if result is None:
        return {}
    return {
        "regime": result.regime,
        "used_before": str(result.used_before),
        "used_after": str(result.used_after),
        "reasons": [reason.as_stored() for reason in result.reasons],
        "rules": [
            {
                "code": rule.code,
                "message": rule.message,
                "params": dict(rule.params),
                "source": rule.source,
                "standing": rule.standing,
            }
            for rule in result.rules
        ],
        "lines": [_line_working(line, one) for line, one in zip(lines, result.lines, strict=True)],
    }


def _line_working(line: Row, one: LineAssessment) -> dict[str, Any]:
    return {
        "gnum": line["gnum"],
        "hs": one.hs,
        "name": one.name,
        "value": str(one.value),
        "charges": str(one.charges),
        "dutiable_value": str(one.dutiable_value),
        "unit_value": None if one.unit_value is None else str(one.unit_value),
        "threshold_met": one.threshold_met,
        "steps": [
            {"message": step.message, "working": step.working, "result": str(step.result), "unit": step.unit}
            for step in one.steps
        ],
    }


def write_lines(taxed: Mapping[UUID, Taxed], lines: Mapping[UUID, Sequence[Row]]) -> None:
    """Dutiable value and taxes of every line, in one statement."""
    rows = [
        (line["id"], one.dutiable_value, one.tariff, one.consumption_tax, one.vat)
        for key, found in taxed.items()
        if found.assessment is not None
        for line, one in zip(lines[key], found.assessment.lines, strict=True)
    ]
    if rows:
        columns = [array(column) for column in zip(*rows, strict=True)]
        with connection.cursor() as cursor:
            cursor.execute(_LINES, [*columns, columns[0]])


_LINES = """
UPDATE customs_inventoryline l SET dutiable_value = v.dv, tariff = v.tariff, consumption_tax = v.ct, vat = v.vat
FROM unnest(%s::uuid[], %s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[]) AS v(id, dv, tariff, ct, vat)
WHERE l.id = v.id AND l.id = ANY(%s::uuid[])
"""
_WORKINGS = """
INSERT INTO customs_taxworking (id, working) SELECT * FROM unnest(%s::uuid[], %s::jsonb[])
ON CONFLICT (id) DO UPDATE SET working = EXCLUDED.working
"""


def write_workings(taxed: Mapping[UUID, Taxed], lines: Mapping[UUID, Sequence[Row]]) -> None:
    """The working of every list, beside its row: a row that is rewritten with every reply stays narrow."""
    workings = [msgspec.json.encode(working(one, lines[key])).decode() for key, one in taxed.items()]
    with connection.cursor() as cursor:
        cursor.execute(_WORKINGS, [array(taxed), array(workings)])

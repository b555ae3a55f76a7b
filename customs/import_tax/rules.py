"""Assess the import tax of one order (R1.03–R1.13, R1.15, R1.17) under the limits of R1.04–R1.10."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, localcontext

from customs.import_tax.basis import applied_rules
from customs.import_tax.limits import Decision, decide
from customs.import_tax.lines import TaxBase, base_of, taxed
from customs.import_tax.money import apportion, rounded
from customs.import_tax.values import ZERO, Assessment, LineAssessment, OrderValue, Rate
from reference.parameters import Parameters
from reference.problems import Problem

# Customs' messages allow 14 digits before the point in price and quantity: their product must stay exact.
PRECISION = 80


def assess(
    order: OrderValue, rates: Mapping[str, Rate], params: Parameters, used: Decimal = ZERO
) -> Assessment:
    """The regime of `order` and, unless it is refused, its taxes line by line.

    `rates` by HS code on the day of `params`; `used` is what the buyer has used of the yearly limit, in CNY,
    before this order. Missing rates or contents come back as `problems`, all of them, with taxes None.
    A full-tax order counts toward the yearly limit like any other, a refused one does not (R1.06).
    """
    with localcontext(prec=PRECISION):
        return _assess(order, rates, params, used)


def _assess(order: OrderValue, rates: Mapping[str, Rate], params: Parameters, used: Decimal) -> Assessment:
    money = _line_money(order, params)
    dutiable_value = sum((value + charges for value, charges in money), Decimal("0.00"))
    decision = decide(order, dutiable_value, used, params)
    problems: list[Problem] = []
    lines: list[LineAssessment] = []
    if decision.regime != "refused":
        lines, problems = _tax_lines(order, money, rates, decision, params)
    complete = decision.regime != "refused" and not problems
    if not complete:
        lines = [
            LineAssessment(line.hs, line.name, value, charges, value + charges)
            for line, (value, charges) in zip(order.lines, money, strict=True)
        ]
    return Assessment(
        regime=decision.regime,
        dutiable_value=dutiable_value,
        used_before=used,
        used_after=used if decision.regime == "refused" else used + dutiable_value,
        lines=tuple(lines),
        rules=applied_rules(order, rates, lines, decision, params),
        tariff=_total([line.tariff for line in lines], complete),
        consumption_tax=_total([line.consumption_tax for line in lines], complete),
        vat=_total([line.vat for line in lines], complete),
        total=_total([line.total for line in lines], complete),
        reasons=decision.reasons,
        problems=tuple(problems),
    )


def _line_money(order: OrderValue, params: Parameters) -> list[tuple[Decimal, Decimal]]:
    """(value, share of freight and insurance) of each line: R1.03, R1.15."""
    values = [rounded(line.price * line.quantity, params) for line in order.lines]
    charges = rounded(order.freight + order.insurance, params)
    return list(zip(values, apportion(charges, values, params), strict=True))


def _tax_lines(
    order: OrderValue,
    money: list[tuple[Decimal, Decimal]],
    rates: Mapping[str, Rate],
    decision: Decision,
    params: Parameters,
) -> tuple[list[LineAssessment], list[Problem]]:
    bases: list[TaxBase] = []
    problems: list[Problem] = []
    for index, (line, amounts) in enumerate(zip(order.lines, money, strict=True)):
        base = base_of(index, line, money=amounts, rates=rates, regime=decision.regime, params=params)
        if isinstance(base, TaxBase):
            bases.append(base)
        else:
            problems += base
    if problems:
        return [], problems
    return [taxed(base, decision.regime, params) for base in bases], []


def _total(amounts: list[Decimal | None], complete: bool) -> Decimal | None:
    if not complete:
        return None
    return sum((amount for amount in amounts if amount is not None), Decimal("0.00"))

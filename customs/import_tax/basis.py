"""What an assessment rests on (规则依据): the rules applied, where each is written and how sure it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from django.utils.translation import gettext_noop

from customs.import_tax.limits import Decision
from customs.import_tax.values import AppliedRule, LineAssessment, OrderValue, Rate
from reference.parameters import Parameters, Setting

ANNOUNCEMENT = "海关关于跨境电子商务零售进出口商品监管的公告（完税价格）"


def applied_rules(
    order: OrderValue,
    rates: Mapping[str, Rate],
    lines: Sequence[LineAssessment],
    decision: Decision,
    params: Parameters,
) -> tuple[AppliedRule, ...]:
    """The rules that decided this assessment, in the order of their numbers."""
    rules = [*_limit_rules(order, decision, params)]
    if decision.regime != "refused":
        rules += _tax_rules(order, lines, rates, params)
        rules += _rate_rules(order, rates)
    return tuple(rules)


def _by(code: str, message: str, setting: Setting[object], **params: str) -> AppliedRule:
    return AppliedRule(code, message, setting.source, setting.standing, params)


def _limit_rules(order: OrderValue, decision: Decision, params: Parameters) -> Iterator[AppliedRule]:
    yield AppliedRule(
        "R1.03",
        gettext_noop("Dutiable value = price × quantity + freight + insurance."),
        ANNOUNCEMENT,
        "firm",
    )
    yield _by(
        "R1.04",
        gettext_noop("Since {since}: {single} yuan per order, {yearly} yuan per person and calendar year."),
        params.single_limit,
        since=params.single_limit.valid_from.isoformat(),
        single=f"{params.single_limit.value:,}",
        yearly=f"{params.yearly_limit.value:,}",
    )
    if params.limit_exceeded.value == "above":
        message = gettext_noop("A limit is exceeded only above it; exactly at the limit is within.")
    else:
        message = gettext_noop("A limit is exceeded as soon as it is reached.")
    yield _by("R1.09", message, params.limit_exceeded)
    yield from _regime_rules(order, decision, params)


def _regime_rules(order: OrderValue, decision: Decision, params: Parameters) -> Iterator[AppliedRule]:
    if decision.regime == "within_limit":
        message = gettext_noop("Within the limits: tariff × {tariff}, VAT and consumption tax × {factor}.")
        yield _by(
            "R1.05",
            message,
            params.tax_factor_within_limits,
            tariff=str(params.tariff_factor_within_limits.value),
            factor=str(params.tax_factor_within_limits.value),
        )
    if decision.over_single:
        yield from _over_single(decision, params)
    if decision.over_yearly and params.over_yearly_limit.value == "refused":
        message = gettext_noop("Above the yearly limit: general trade, not through this channel.")
        yield _by("R1.07", message, params.over_yearly_limit)
    elif decision.over_yearly:
        yield _by("R1.07", gettext_noop("Above the yearly limit: taxed in full."), params.over_yearly_limit)
    yield _by(
        "R1.10",
        gettext_noop("The dutiable value counts toward the yearly limit; customs holds the count."),
        params.limit_counts,
    )


def _over_single(decision: Decision, params: Parameters) -> Iterator[AppliedRule]:
    rule = params.over_single_limit
    if rule.value == "full_tax":
        yield _by("R1.06", gettext_noop("Above the single limit: taxed in full."), rule)
        return
    if decision.one_item:
        yield _by("R1.06", gettext_noop("Above the single limit with one item only: taxed in full."), rule)
    else:
        message = gettext_noop("Above the single limit with more than one item: not through this channel.")
        yield _by("R1.08", message, rule)
    reading = params.item_reading
    if reading.value == "unit":
        yield _by("R1.09", gettext_noop("One item means one unit of one good."), reading)
    else:
        yield _by("R1.09", gettext_noop("One item means one line of one good."), reading)


def _tax_rules(
    order: OrderValue, lines: Sequence[LineAssessment], rates: Mapping[str, Rate], params: Parameters
) -> Iterator[AppliedRule]:
    yield _by(
        "R1.11", gettext_noop("Small amounts are collected: no waiver applies."), params.small_amount_waiver
    )
    if params.rounding.value == "half_up":
        message = gettext_noop("Each tax of each line is rounded half up to the fen, then added up.")
    else:
        message = gettext_noop("Each tax of each line is rounded, then added up.")
    yield _by("R1.12", message, params.rounding)
    yield _by(
        "R1.13",
        gettext_noop("Coupons, vouchers and points are not deducted from the dutiable value."),
        params.coupon_deducted,
    )
    if len(lines) > 1 and order.freight + order.insurance:
        message = gettext_noop(
            "Freight and insurance are shared by value, the remainder to the largest line."
        )
        yield _by("R1.15", message, params.freight_apportionment)
    if any(line.unit_value is not None for line in lines):
        yield from _threshold_rules(params)
    if any(rates[line.hs].ct_specific for line in lines if line.hs in rates):
        message = gettext_noop("A tax by quantity is part of the taxable base, and reduced like the rest.")
        yield _by("R1.17", message, params.compound_tax)


def _threshold_rules(params: Parameters) -> Iterator[AppliedRule]:
    setting = params.threshold_includes_freight
    if setting.value:
        message = gettext_noop("The unit value is the dutiable value, freight included, by content.")
    else:
        message = gettext_noop("The unit value is the price without freight, by content.")
    yield _by("R1.17", message, setting)
    yield _by("R1.17", gettext_noop("1 ml counts as 1 g."), params.ml_counts_as_gram)


def _rate_rules(order: OrderValue, rates: Mapping[str, Rate]) -> Iterator[AppliedRule]:
    given = any(
        rate is not None for line in order.lines for rate in (line.vat_rate, line.ct_rate, line.tariff_rate)
    )
    if given:
        message = gettext_noop("Rates stated with the order were used in place of the table's.")
        yield AppliedRule("rates.stated", message, "", "unverified")
    for hs in sorted({line.hs for line in order.lines} & set(rates)):
        message = gettext_noop("Rates of the HS code {hs}.")
        yield AppliedRule("rates.tariff", message, rates[hs].source, rates[hs].standing, {"hs": hs})

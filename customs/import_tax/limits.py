"""Which regime an order falls under: the limits of one order and of the year (R1.04–R1.10)."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext_noop

from customs.import_tax.values import OrderValue, Regime
from reference.parameters import Parameters
from reference.problems import Problem


class Decision(NamedTuple):
    """The regime and, unless within limits, every reason for it."""

    regime: Regime
    over_single: bool
    over_yearly: bool
    one_item: bool
    reasons: tuple[Problem, ...]


def exceeds(amount: Decimal, limit: Decimal, params: Parameters) -> bool:
    """Whether `amount` exceeds `limit`, in the reading in force (exactly at the limit: contested)."""
    if params.limit_exceeded.value == "above":
        return amount > limit
    return amount >= limit


def is_one_item(order: OrderValue, params: Parameters) -> bool:
    """Whether the order holds one item only (R1.06); what an “item” is, is a parameter."""
    if len(order.lines) != 1:
        return False
    return params.item_reading.value == "line" or order.lines[0].quantity <= 1


def decide(order: OrderValue, dutiable_value: Decimal, used: Decimal, params: Parameters) -> Decision:
    """Regime of an order of `dutiable_value` when `used` already counts toward the buyer's yearly limit."""
    over_single = exceeds(dutiable_value, params.single_limit.value, params)
    over_yearly = exceeds(used + dutiable_value, params.yearly_limit.value, params)
    one_item = is_one_item(order, params)
    reasons: list[Problem] = []
    refused = False
    if over_yearly:
        refused = params.over_yearly_limit.value == "refused"
        reasons.append(_over_yearly(dutiable_value, used, params, refused=refused))
    if over_single:
        too_many = params.over_single_limit.value == "one_item_or_refused" and not one_item
        refused = refused or too_many
        if too_many or not refused:
            reasons.append(_over_single(dutiable_value, params, too_many=too_many))
    regime: Regime = "refused" if refused else "full_tax" if reasons else "within_limit"
    return Decision(regime, over_single, over_yearly, one_item, tuple(reasons))


def _over_yearly(dutiable_value: Decimal, used: Decimal, params: Parameters, *, refused: bool) -> Problem:
    message = gettext_noop(
        "{used} already used this year and {value} of this order exceed the yearly limit of {limit} yuan."
    )
    return Problem(
        code="import_tax.over_yearly_limit",
        path="",
        message=message,
        params={
            "used": str(used),
            "value": str(dutiable_value),
            "limit": f"{params.yearly_limit.value:,}",
        },
        level="error" if refused else "warning",
    )


def _over_single(dutiable_value: Decimal, params: Parameters, *, too_many: bool) -> Problem:
    values = {"value": str(dutiable_value), "limit": f"{params.single_limit.value:,}"}
    if too_many:
        message = gettext_noop(
            "{value} exceeds the single limit of {limit} yuan and the order holds more than one item."
        )
        return Problem("import_tax.over_single_limit", "", message, values)
    message = gettext_noop("{value} exceeds the single limit of {limit} yuan: taxed in full.")
    return Problem("import_tax.taxed_in_full", "", message, values, level="warning")

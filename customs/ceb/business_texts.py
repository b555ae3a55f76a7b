"""The texts of the business findings and which of them only warn."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.translation import gettext_noop as _

BUSINESS_TEXTS: Mapping[str, str] = MappingProxyType(
    {
        "line_total": _("{name} is {value}, but price times quantity is {wanted}."),
        "goods_value": _("{name} is {value}, but the lines add up to {wanted}."),
        "amount_paid": _(
            "{name} is {value}, but goods value plus freight plus tax less deduction is {wanted}."
        ),
        "negative": _("{name} is below zero."),
        "currency": _("{name} must be 142 (yuan)."),
        "id_type": _("{name} must be 1 (resident identity card)."),
        "id_number": _("{name} is not a valid resident identity number."),
        "gnum_twice": _("The line number {value} occurs more than once."),
        "gnum_order": _("The line numbers do not run 1, 2, 3 … in order."),
        "pack_no": _("{name} must be 1."),
        "net_weight": _("The net weight is above the gross weight."),
        "qty2_missing": _("A second unit is given: the second quantity must be above zero."),
        "unit2_missing": _("A second quantity is given without a second unit."),
        "bar_code": _("There is no bar code; goods without one say “无” here."),
        "guarantor": _("{name} is neither the platform nor the e-commerce firm nor the logistics firm."),
        "guarantor_agent": _("{name} is the declarant, which the specification's text does not allow."),
        "trade_mode": _("The trade mode {value} is not one of {allowed}."),
        "mode_demands": _("{name} is mandatory in trade mode {mode}."),
        "bonded_country": _("In bonded import the country of departure is 142 (China)."),
        "bonded_transport": _("{name} is left out in bonded import."),
        "flag": _("{name} is {value}, it must be {wanted}."),
        "split": _("The number of this part does not lie between 1 and the number of parts."),
        "period": _("Start and end of the period come together, the end not before the start."),
        "twice": _("{value} stands in document {first} already."),
    }
)

# Implied, contested or a matter of definition: never enough to refuse.
WARNINGS = frozenset(
    {"goods_value", "gnum_order", "net_weight", "bar_code", "guarantor_agent", "bonded_transport"}
)

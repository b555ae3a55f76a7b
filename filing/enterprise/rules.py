"""Rules of the enterprise registration: pure."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop as _

from reference.problems import Problem
from submissions.definitions.fields import Values

SAFE_CODE = slice(8, 17)  # R4.05


def safe_code(uscc: str) -> str:
    """The organisation code at SAFE: places 9 to 17 of the USCC."""
    return uscc[SAFE_CODE]


def uscc_of_enterprise(value: Any, values: Values) -> list[Problem]:
    """An individual's household (92) trades, but is no enterprise with a code at SAFE of this form: a warning."""
    if str(value).startswith("92"):
        message = _("This is the code of an individually-owned business: the bank may ask for more.")
        return [Problem("registration.individual", "/uscc", message, level="warning")]
    return []


def registration_problems(values: Values) -> list[Problem]:
    """What does not fit together."""
    problems = []
    if values.get("entity_type") == "broker" and "declarant" not in values.get("ecommerce_types", []):
        message = _("A customs broker is a declarant: choose that type too.")
        problems.append(Problem("registration.broker", "/ecommerce_types", message))
    if values.get("taxpayer") == "small" and values.get("refund_method") in (
        "exempt_refund",
        "exempt_credit_refund",
    ):
        message = _("A small-scale taxpayer has no input tax to be refunded: choose exemption only.")
        problems.append(Problem("registration.small_scale", "/refund_method", message))
    return problems

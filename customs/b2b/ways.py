"""How a 9710 or 9810 export may be declared: customs declaration (H2018) or export list (rule R2.06). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

DECLARATION, LIST = "h2018", "list"


@dataclass(frozen=True, slots=True)
class Consignment:
    """What decides. `value`, `limit`: CNY. `tax`: export duty is due or the refund is claimed. None: not known."""

    value: Decimal | None
    limit: Decimal | None
    licence: bool | None
    inspection: bool | None
    tax: bool | None


def against_a_list(one: Consignment) -> list[str]:
    """Codes of what stands against a list, in the order of the rule; empty: either way may be chosen."""
    known = one.value is not None and one.limit is not None
    conditions = {
        "way.value_unknown": not known,
        "way.value": known and one.value > one.limit,  # type: ignore[operator]
        "way.unanswered": None in (one.licence, one.inspection, one.tax),
        "way.licence": one.licence is True,
        "way.inspection": one.inspection is True,
        "way.tax": one.tax is True,
    }
    return [code for code, holds in conditions.items() if holds]


def ways(one: Consignment) -> tuple[str, ...]:
    """The ways that are open. A customs declaration always is."""
    return (DECLARATION,) if against_a_list(one) else (DECLARATION, LIST)

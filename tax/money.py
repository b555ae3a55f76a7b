"""Money: each line is converted and rounded by itself, sums are sums of rounded lines (never re-multiplied)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

FEN = Decimal("0.01")


def half_up(value: Decimal) -> Decimal:
    """To two places, ties away from zero."""
    return value.quantize(FEN, ROUND_HALF_UP)


def to_cny(amount: Decimal, rate: Decimal) -> Decimal:
    """One line in CNY."""
    return half_up(amount * rate)


def sums(amounts: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    """Currency → sum."""
    found: defaultdict[str, Decimal] = defaultdict(Decimal)
    for currency, amount in amounts:
        found[currency] += amount
    return dict(sorted(found.items()))

"""Rounding and apportionment."""

from __future__ import annotations

import decimal
from collections.abc import Sequence
from decimal import Decimal

from reference.parameters import Parameters

MODES = {
    "half_up": decimal.ROUND_HALF_UP,
    "half_even": decimal.ROUND_HALF_EVEN,
    "down": decimal.ROUND_DOWN,
}


def rounded(amount: Decimal, params: Parameters) -> Decimal:
    """`amount` to the places and by the mode in force (R1.12)."""
    return amount.quantize(Decimal(1).scaleb(-params.rounding_digits.value), MODES[params.rounding.value])


def apportion(charges: Decimal, values: Sequence[Decimal], params: Parameters) -> list[Decimal]:
    """Share `charges` over lines by their `values`; the shares add up exactly (R1.15).

    Every share but one is rounded; the line of the largest value (the first of equals) takes what is left.
    Where rounding would leave it less than nothing (a few fen over many lines) shares are cut down instead.
    """
    if not values:
        return []
    largest = max(range(len(values)), key=lambda i: (values[i], -i))
    whole = sum(values)
    if not whole:
        return [charges if i == largest else Decimal("0.00") for i in range(len(values))]
    exact = [charges * value / whole for value in values]
    shares = [rounded(share, params) for share in exact]
    if charges - sum(shares) + shares[largest] < 0:
        unit = Decimal(1).scaleb(-params.rounding_digits.value)
        shares = [share.quantize(unit, decimal.ROUND_DOWN) for share in exact]
    shares[largest] += charges - sum(shares)
    return shares

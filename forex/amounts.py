"""The arithmetic of payouts: pure, on decimals, amounts to the cent.

net + fees = goods + freight (R13.10). What is declared is the amount actually received and, beside it, what it
stood for before fees were kept: gross in, gross out (R4.02).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
NOTHING = Decimal(0)


def to_cent(amount: Decimal) -> Decimal:
    """Half up to the cent."""
    return amount.quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Side:
    """What may be matched on one side: all of it, and what is matched already."""

    whole: Decimal
    matched: Decimal

    @property
    def left(self) -> Decimal:
        """What is not matched yet."""
        return self.whole - self.matched


@dataclass(frozen=True, slots=True)
class Share:
    """A match: the amount of the payment, and the statement's fees that go with it."""

    amount: Decimal
    fees: Decimal


def settled(side: Side, tolerance: Decimal) -> bool:
    """Whether a side counts as matched in full: nothing left, or not more than the tolerance."""
    return side.matched > 0 and side.left <= tolerance


def proposed(payment: Side, statement: Side) -> Decimal:
    """The most that can be matched between the two."""
    return max(min(payment.left, statement.left), NOTHING)


def share(amount: Decimal, statement: Side, fees: Side, tolerance: Decimal) -> Share:
    """The fees that go with `amount` of a statement's net.

    In proportion, half up; the match that settles the statement takes what is left, so that all shares of a paid
    statement add up to its fees.
    """
    after = Side(statement.whole, statement.matched + amount)
    if settled(after, tolerance):
        return Share(amount, fees.left)
    return Share(amount, min(to_cent(fees.whole * amount / statement.whole), fees.left))


@dataclass(frozen=True, slots=True)
class GrossUp:
    """actual + gross_out = gross_in."""

    actual: Decimal
    gross_in: Decimal
    gross_out: Decimal


def gross_up(actual: Decimal, shares: list[Share]) -> GrossUp:
    """What an inward payment stands for before fees were kept."""
    out = sum((one.fees for one in shares), NOTHING)
    return GrossUp(actual, actual + out, out)


def in_cny(amount: Decimal, rate: Decimal) -> Decimal:
    """At a rate of CNY for one unit, half up to the fen."""
    return to_cent(amount * rate)

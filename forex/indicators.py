"""The indicators of a company's goods trade and money (R4.07): pure arithmetic on sums in USD."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

FOUR = Decimal("0.0001")
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Sums:
    """Of a period, in USD: goods declared at customs, and money that came in and went out."""

    exports: Decimal
    imports: Decimal
    inward: Decimal
    outward: Decimal

    @property
    def goods(self) -> Decimal:
        """Imports and exports."""
        return self.imports + self.exports

    @property
    def money(self) -> Decimal:
        """In and out."""
        return self.inward + self.outward


@dataclass(frozen=True, slots=True)
class Indicators:
    """The four; None where there is nothing to divide by. Ratios are fractions to four places."""

    difference: Decimal
    difference_ratio: Decimal | None
    money_to_goods: Decimal | None
    credit_ratio: Decimal | None


@dataclass(frozen=True, slots=True)
class Bands:
    """Where a figure begins to be asked about; from a public template of bank reports, unverified."""

    difference_ratio: Decimal
    money_to_goods: Decimal
    credit_ratio: Decimal


def _ratio(part: Decimal, whole: Decimal) -> Decimal | None:
    return (part / whole).quantize(FOUR, ROUND_HALF_UP) if whole else None


def indicators(sums: Sums, credit: Decimal | None) -> Indicators:
    """`credit`: the balance of trade credit reported for the last month's end, None when none was."""
    difference = (sums.imports + sums.inward - sums.exports - sums.outward).quantize(CENT, ROUND_HALF_UP)
    return Indicators(
        difference=difference,
        difference_ratio=_ratio(difference, sums.goods + sums.money),
        money_to_goods=_ratio(sums.money, sums.goods),
        credit_ratio=None if credit is None else _ratio(credit, sums.goods + sums.money),
    )


def outside(found: Indicators, bands: Bands) -> frozenset[str]:
    """Names of the figures outside their band."""
    far = {
        "difference_ratio": _above(found.difference_ratio, bands.difference_ratio),
        "money_to_goods": _above(
            None if found.money_to_goods is None else found.money_to_goods - 1, bands.money_to_goods
        ),
        "credit_ratio": _above(found.credit_ratio, bands.credit_ratio),
    }
    return frozenset(name for name, is_far in far.items() if is_far)


def _above(value: Decimal | None, limit: Decimal) -> bool:
    return value is not None and abs(value) > limit

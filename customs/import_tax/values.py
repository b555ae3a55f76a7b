"""What goes in and what comes out. Money is CNY, rates are fractions (0.13), all numbers are `Decimal`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from django.utils.translation import gettext

from reference.parameters import Standing
from reference.problems import Problem

Regime = Literal["within_limit", "full_tax", "refused"]
ContentUnit = Literal["g", "kg", "ml", "l", "sheet", "piece"]
CONTENT_UNITS: tuple[ContentUnit, ...] = ("g", "kg", "ml", "l", "sheet", "piece")
ThresholdUnit = Literal["", "ml_or_g", "sheet", "piece"]
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One line of an order.

    `price` is CNY per unit sold, `quantity` the number of units sold. `content` is what one unit holds
    (50 with "g", 5 with "sheet"); the tests by unit value and taxes per litre need it. A rate given here
    replaces the table's.
    """

    hs: str
    price: Decimal
    quantity: Decimal
    name: str = ""
    content: Decimal | None = None
    content_unit: ContentUnit | None = None
    vat_rate: Decimal | None = None
    ct_rate: Decimal | None = None
    tariff_rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class OrderValue:
    """One order (or inventory list). Coupons are not here: they do not lower the dutiable value (R1.13)."""

    lines: tuple[OrderLine, ...]
    freight: Decimal = ZERO
    insurance: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Rate:
    """The rates of one HS code on one day. Unknown is None; `ct_specific` is CNY per `ct_specific_unit`.

    With a threshold (CNY per `ct_threshold_unit`) consumption tax is due only from that unit value on.
    """

    hs: str
    vat: Decimal | None
    ct: Decimal | None
    tariff: Decimal | None
    ct_specific: Decimal = ZERO
    ct_specific_unit: ContentUnit | None = None
    ct_threshold: Decimal | None = None
    ct_threshold_unit: ThresholdUnit = ""
    source: str = ""
    standing: Standing = "unverified"


@dataclass(frozen=True, slots=True)
class AppliedRule:
    """A rule that decided something here: number, sentence, where it is written, how sure we are."""

    code: str
    message: str
    source: str
    standing: Standing
    params: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The sentence in the active language."""
        return gettext(self.message).format(**self.params)

    def as_dict(self) -> dict[str, str]:
        """The public shape."""
        return {"code": self.code, "text": self.text, "source": self.source, "standing": self.standing}


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the working: what is computed, the arithmetic in figures, the result to the fen."""

    message: str
    working: str
    result: Decimal
    unit: str = "CNY"

    @property
    def text(self) -> str:
        """What is computed, in the active language."""
        return gettext(self.message)

    def as_dict(self) -> dict[str, str]:
        """The public shape."""
        return {"text": self.text, "working": self.working, "result": str(self.result), "unit": self.unit}


@dataclass(frozen=True, slots=True)
class LineAssessment:
    """One line's share. Taxes are None when the order is refused or a rate is missing."""

    hs: str
    name: str
    value: Decimal
    charges: Decimal
    dutiable_value: Decimal
    tariff: Decimal | None = None
    consumption_tax: Decimal | None = None
    vat: Decimal | None = None
    total: Decimal | None = None
    unit_value: Decimal | None = None
    threshold_met: bool | None = None
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Assessment:
    """The result for the whole order.

    `problems` non-empty: the taxes could not be computed (they are None), the regime still stands.
    `reasons` says why an order is refused or taxed in full.
    """

    regime: Regime
    dutiable_value: Decimal
    used_before: Decimal
    used_after: Decimal
    lines: tuple[LineAssessment, ...]
    rules: tuple[AppliedRule, ...]
    tariff: Decimal | None = None
    consumption_tax: Decimal | None = None
    vat: Decimal | None = None
    total: Decimal | None = None
    reasons: tuple[Problem, ...] = ()
    problems: tuple[Problem, ...] = ()

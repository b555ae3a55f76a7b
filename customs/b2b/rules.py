"""Whether an export is cross-border B2B (9710, 9810) or general trade: pure, every reason with its source.

No authority has published criteria (rules R8.02): these are read from GACC 2020-75, 2021-47 and 2024-167 (R2.06,
R2.07), and what remains open is a dated parameter in `Law`. Whoever adds a document that was missing never turns
B2B into general trade.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from customs.b2b.texts import MET, UNMET
from reference.problems import Problem

DIRECT, WAREHOUSE, GENERAL, RETAIL = "9710", "9810", "0110", "9610"
MODES = (DIRECT, WAREHOUSE)
CHINA = "142"
Verdict = Literal["cbec_b2b", "general_trade"]
Documents = Literal["three", "two", "lacking"]
CBEC_B2B: Verdict = "cbec_b2b"
GENERAL_TRADE: Verdict = "general_trade"


@dataclass(frozen=True, slots=True)
class Facts:
    """What an enterprise declares, as far as the mode depends on it. "" = not given.

    `logistics_refers`: the order or booking number that the transport document names; `payment_refers` likewise of
    the payment or settlement record. `buyer`: "firm" or "person". `registered`: the exporter has a customs code.
    `filed_warehouse`: the overseas warehouse stands in the register (asked for before 2024-12-15 only).
    """

    claimed: str
    on: date
    country: str = ""
    registered: bool = False
    platform: str = ""
    order_no: str = ""
    buyer: str = ""
    booking_no: str = ""
    warehouse: str = ""
    filed_warehouse: bool = False
    logistics_no: str = ""
    logistics_refers: str = ""
    payment_no: str = ""
    payment_refers: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a condition stands, and how sure that is (`reference.parameters.Standing`)."""

    text: str
    standing: str
    note_zh: str = ""
    note_en: str = ""


@dataclass(frozen=True, slots=True)
class Law:
    """What held on the day of declaration. `offered`: the modes exist in this zone's customs."""

    offered: bool
    logistics_needed: bool
    payment_needed: bool
    warehouse_filing: bool
    sources: dict[str, Source]


@dataclass(frozen=True, slots=True)
class Reason:
    """One condition of one mode: met, or what is missing. `field` is the field of the form to mend."""

    rule: str
    mode: str
    met: bool
    field: str
    source: Source

    @property
    def problem(self) -> Problem:
        """The condition in words."""
        text = (MET if self.met else UNMET)[self.rule]
        return Problem(f"b2b.{self.rule}", f"/{self.field}", text, {"mode": self.mode}, "warning")


@dataclass(frozen=True, slots=True)
class Classification:
    """The verdict, the mode that fits, and every reason. `wrongly_claimed`: another mode fits than the one named."""

    verdict: Verdict
    fitting: str
    claimed: str
    documents: Documents
    reasons: tuple[Reason, ...]

    @property
    def wrongly_claimed(self) -> bool:
        """What is handed in does not bear the mode that was named."""
        return self.claimed != self.fitting

    @property
    def missing(self) -> tuple[Reason, ...]:
        """What the claimed mode lacks."""
        return tuple(one for one in self.reasons if one.mode == self.claimed and not one.met)


Condition = tuple[str, str, Callable[[Facts, Law], bool]]  # rule, field, is it met


def _names(reference: str, *numbers: str) -> bool:
    return bool(reference) and reference in numbers


def _logistics(facts: Facts, number: str, law: Law) -> bool:
    given = bool(facts.logistics_no) and _names(facts.logistics_refers, number)
    return given or not law.logistics_needed


def _payment(facts: Facts, number: str, law: Law) -> bool:
    return not law.payment_needed or (bool(facts.payment_no) and _names(facts.payment_refers, number))


COMMON: tuple[Condition, ...] = (
    ("offered", "trade_mode", lambda facts, law: law.offered),
    ("abroad", "country", lambda facts, law: bool(facts.country) and facts.country != CHINA),
    ("registered", "declarant", lambda facts, law: facts.registered),
)
OF_MODE: dict[str, tuple[Condition, ...]] = {
    DIRECT: (
        ("platform", "platform", lambda facts, law: bool(facts.platform)),
        ("order", "order_no", lambda facts, law: bool(facts.order_no)),
        ("business", "buyer", lambda facts, law: facts.buyer == "firm"),
        ("logistics", "logistics_no", lambda facts, law: _logistics(facts, facts.order_no, law)),
        ("payment", "payment_no", lambda facts, law: _payment(facts, facts.order_no, law)),
    ),
    WAREHOUSE: (
        ("booking", "booking_no", lambda facts, law: bool(facts.booking_no)),
        ("warehouse", "warehouse", lambda facts, law: bool(facts.warehouse)),
        (
            "filing",
            "warehouse_no",
            lambda facts, law: facts.filed_warehouse or not law.warehouse_filing,
        ),
        ("logistics", "logistics_no", lambda facts, law: _logistics(facts, facts.booking_no, law)),
        ("payment", "payment_no", lambda facts, law: _payment(facts, facts.booking_no, law)),
    ),
}
NO_SOURCE = Source("", "unverified")


def classify(facts: Facts, law: Law) -> Classification:
    """Judge both modes; the claimed one wins when both fit."""
    reasons = {mode: tuple(_reasons(mode, facts, law)) for mode in MODES}
    fitting = [mode for mode in MODES if all(one.met for one in reasons[mode])]
    verdict = CBEC_B2B if fitting else GENERAL_TRADE
    mode = (
        facts.claimed if facts.claimed in fitting else next(iter(fitting), _instead(facts, reasons[DIRECT]))
    )
    shown = (facts.claimed, *fitting) if facts.claimed in MODES else MODES
    told = tuple(one for each in dict.fromkeys(shown) for one in reasons[each])
    return Classification(verdict, mode, facts.claimed, documents(facts), told)


def _reasons(mode: str, facts: Facts, law: Law) -> Iterable[Reason]:
    for rule, field, holds in (*COMMON, *OF_MODE[mode]):
        source = law.sources.get(f"{rule}.{mode}") or law.sources.get(rule) or NO_SOURCE
        yield Reason(rule, mode, holds(facts, law), field, source)


def _instead(facts: Facts, direct: tuple[Reason, ...]) -> str:
    """Everything fits but the buyer, who is a person: that is retail; else general trade."""
    unmet = {one.rule for one in direct if not one.met}
    return RETAIL if unmet == {"business"} and facts.buyer == "person" else GENERAL


def documents(facts: Facts) -> Documents:
    """Order (or booking), waybill and payment that name one another: all three, two, or fewer (R8.02)."""
    numbers = (facts.order_no, facts.booking_no)
    linked = [
        any(numbers),
        bool(facts.logistics_no) and _names(facts.logistics_refers, *filter(None, numbers)),
        bool(facts.payment_no) and _names(facts.payment_refers, *filter(None, numbers)),
    ]
    found = sum(linked)
    return "three" if found == len(linked) else "two" if found == len(linked) - 1 else "lacking"

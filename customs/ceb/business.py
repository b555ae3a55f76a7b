"""Rules between the fields of one message that need no database.

The wire format's checker says whether a message is well written; this says whether it makes sense by itself.
Rules that compare messages with each other (order, payment, waybill, inventory) live with matching.
Source of each rule: the field texts of the 202205 specification; where only implied or contested the level is
"warning". Fields that are missing or malformed are passed over: the format check has named them already.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from customs.ceb.business_texts import BUSINESS_TEXTS, WARNINGS
from customs.ceb.message import Document, Message
from customs.ceb.spec import MessageSpec, message_spec
from reference.numbers import id_number_valid
from reference.problems import Level, Problem

# Line totals are rounded by senders in ways nobody wrote down [unverified]: a cent is let pass.
LINE_TOLERANCE = Decimal("0.01")
CNY = "142"
CHINA = "142"
RESIDENT_ID = "1"
DIRECT, BONDED = "9610", "1210"
EXPORT_MODES = frozenset({DIRECT, BONDED, "1239", "9710", "9810"})  # 1239: schema annotation only
RETURN_MODES = frozenset({"9661", "1261"})

Values = Mapping[str, str]
Finding = tuple[str, str, dict[str, str]]  # short code, path below the document, parameters
Rule = Callable[["Case"], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Case:
    """One document under the rules."""

    spec: MessageSpec
    head: Values
    lines: Sequence[Values]

    def at(self, field: str) -> str:
        return f"/{self.spec.head.name}/{field}" if self.spec.nested else f"/{field}"

    def line(self, number: int, field: str) -> str:
        name = self.spec.lines.name if self.spec.lines else ""
        return f"/{name}[{number}]/{field}"

    def numbered(self) -> Iterator[tuple[int, Values]]:
        return enumerate(self.lines, 1)


def _number(values: Values, name: str) -> Decimal | None:
    try:
        found = Decimal(values.get(name) or "")
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _numbers(values: Values, *names: str) -> list[Decimal] | None:
    found = [_number(values, name) for name in names]
    return None if None in found else [number for number in found if number is not None]


def line_totals(case: Case) -> Iterator[Finding]:
    """totalPrice = price x qty on every line."""
    for number, line in case.numbered():
        parts = _numbers(line, "price", "qty", "totalPrice")
        if parts and abs(parts[0] * parts[1] - parts[2]) > LINE_TOLERANCE:
            wanted = {"value": str(parts[2]), "wanted": f"{(parts[0] * parts[1]).normalize():f}"}
            yield "line_total", case.line(number, "totalPrice"), wanted


def goods_value(case: Case) -> Iterator[Finding]:
    """Implied only: the lines add up to the goods value."""
    value = _number(case.head, "goodsValue")
    totals = [_number(line, "totalPrice") for line in case.lines]
    if value is None or not totals or None in totals:
        return
    wanted = sum((total for total in totals if total is not None), Decimal(0))
    if abs(wanted - value) > LINE_TOLERANCE:
        yield "goods_value", case.at("goodsValue"), {"value": str(value), "wanted": str(wanted)}


def amount_paid(case: Case) -> Iterator[Finding]:
    """acturalPaid = goodsValue + freight + taxTotal - discount (customs refuses otherwise: 1332)."""
    parts = _numbers(case.head, "goodsValue", "freight", "taxTotal", "discount", "acturalPaid")
    if parts and parts[0] + parts[1] + parts[2] - parts[3] != parts[4]:
        wanted = parts[0] + parts[1] + parts[2] - parts[3]
        yield "amount_paid", case.at("acturalPaid"), {"value": str(parts[4]), "wanted": str(wanted)}


_AMOUNTS = frozenset(
    (
        *(
            "goodsValue",
            "freight",
            "discount",
            "taxTotal",
            "acturalPaid",
            "amountPaid",
            "insuredFee",
            "charge",
        ),
        *("weight", "grossWeight", "netWeight", "qty", "qty1", "qty2", "price", "totalPrice"),
    )
)


def not_negative(case: Case) -> Iterator[Finding]:
    """No amount, weight or quantity below zero."""
    for name in _below_zero(case.head):
        yield "negative", case.at(name), {}
    for number, line in case.numbered():
        for name in _below_zero(line):
            yield "negative", case.line(number, name), {}


def _below_zero(values: Values) -> Iterator[str]:
    return (name for name in values if name in _AMOUNTS and (_number(values, name) or 0) < 0)


def currency(case: Case) -> Iterator[Finding]:
    """Imports are in yuan. The schema fixes the value, but takes an empty element for it."""
    if case.head.get("currency", CNY) != CNY:
        yield "currency", case.at("currency"), {}
    for number, line in case.numbered():
        if line.get("currency", CNY) != CNY:
            yield "currency", case.line(number, "currency"), {}


def _person(role: str) -> Rule:
    def person(case: Case) -> Iterator[Finding]:
        kind, number = case.head.get(f"{role}IdType"), case.head.get(f"{role}IdNumber")
        if kind and kind != RESIDENT_ID:
            yield "id_type", case.at(f"{role}IdType"), {}
        elif kind and number and not id_number_valid(number):
            yield "id_number", case.at(f"{role}IdNumber"), {}

    return person


def line_numbers(case: Case) -> Iterator[Finding]:
    """gnum unique, and 1, 2, 3 … in order."""
    found = [line.get("gnum", "").lstrip("0") for line in case.lines]
    doubled = {number for number, times in Counter(found).items() if number and times > 1}
    for number, gnum in enumerate(found, 1):
        if gnum in doubled:
            yield "gnum_twice", case.line(number, "gnum"), {"value": gnum}
    if not doubled and all(found) and found != [str(n) for n in range(1, len(found) + 1)]:
        yield "gnum_order", case.line(1, "gnum"), {}


def one_package(case: Case) -> Iterator[Finding]:
    """packNo is 1 for a parcel."""
    if (_number(case.head, "packNo") or 1) != 1 or case.head.get("packNo") == "0":
        yield "pack_no", case.at("packNo"), {}


def weights(case: Case) -> Iterator[Finding]:
    """By definition only: net is not above gross."""
    parts = _numbers(case.head, "netWeight", "grossWeight")
    if parts and parts[0] > parts[1]:
        yield "net_weight", case.at("netWeight"), {}


def second_unit(case: Case) -> Iterator[Finding]:
    """unit2 and qty2 come together, and qty2 is then above zero."""
    for number, line in case.numbered():
        unit, quantity = line.get("unit2", ""), line.get("qty2", "")
        if unit and not (_number(line, "qty2") or 0) > 0:
            yield "qty2_missing", case.line(number, "qty2"), {}
        elif quantity and not unit:
            yield "unit2_missing", case.line(number, "unit2"), {}


def bar_codes(case: Case) -> Iterator[Finding]:
    """A line without a bar code says so in the field."""
    for number, line in case.numbered():
        if not line.get("barCode"):
            yield "bar_code", case.line(number, "barCode"), {}


def guarantor(case: Case) -> Iterator[Finding]:
    """The tax guarantee is the platform's, the firm's or the carrier's; sources disagree on the agent."""
    code = case.head.get("assureCode")
    if not code:
        return
    if code == case.head.get("agentCode") and code not in _parties(case):
        yield "guarantor_agent", case.at("assureCode"), {}
    elif code not in _parties(case):
        yield "guarantor", case.at("assureCode"), {}


def _parties(case: Case) -> frozenset[str]:
    return frozenset(case.head.get(name, "") for name in ("ebpCode", "ebcCode", "logisticsCode"))


def import_mode(case: Case) -> Iterator[Finding]:
    """What direct purchase (9610) and bonded import (1210) demand and leave out."""
    mode = case.head.get("tradeMode", "")
    demands = {DIRECT: ("trafNo", "voyageNo", "billNo"), BONDED: ("emsNo", "areaCode", "areaName")}
    if mode not in demands:
        yield "trade_mode", case.at("tradeMode"), {"value": mode, "allowed": "1210, 9610"}
        return
    for name in demands[mode]:
        if not case.head.get(name, "").strip():
            yield "mode_demands", case.at(name), {"name": name, "mode": mode}
    if mode == BONDED:
        yield from _bonded(case)


def _bonded(case: Case) -> Iterator[Finding]:
    if case.head.get("country") != CHINA:
        yield "bonded_country", case.at("country"), {}
    for name in ("trafNo", "voyageNo", "billNo"):
        if case.head.get(name):
            yield "bonded_transport", case.at(name), {"name": name}
    for number, line in case.numbered():
        if not line.get("itemRecordNo", "").strip():
            yield "mode_demands", case.line(number, "itemRecordNo"), {"name": "itemRecordNo", "mode": BONDED}


def _modes(allowed: frozenset[str]) -> Rule:
    def mode(case: Case) -> Iterator[Finding]:
        value = case.head.get("tradeMode", "")
        if value not in allowed:
            yield "trade_mode", case.at("tradeMode"), {"value": value, "allowed": ", ".join(sorted(allowed))}

    return mode


def _flag(name: str, wanted: str) -> Rule:
    def flag(case: Case) -> Iterator[Finding]:
        value = case.head.get(name, "")
        if value != wanted:
            yield "flag", case.at(name), {"name": name, "value": value, "wanted": wanted}

    return flag


def split(case: Case) -> Iterator[Finding]:
    """A part of a split message is numbered within the number of parts."""
    parts = _numbers(case.head, "msgSeqNo", "msgCount")
    if parts and not 1 <= parts[0] <= parts[1]:
        yield "split", case.at("msgSeqNo"), {}


def period(case: Case) -> Iterator[Finding]:
    """Start and end come together, in order."""
    start, end = case.head.get("startTime", ""), case.head.get("endTime", "")
    if bool(start) != bool(end) or start > end:
        yield "period", case.at("endTime" if start else "startTime"), {}


_LINES = (line_numbers, line_totals, not_negative)
RULES: Mapping[str, tuple[Rule, ...]] = {
    "CEB311": (amount_paid, goods_value, *_LINES, currency, _person("buyer")),
    "CEB411": (not_negative, currency, _person("payer")),
    "CEB511": (not_negative, currency, one_package),
    "CEB513": (_flag("logisticsStatus", "S"),),
    "CEB621": (
        *(_flag("ieFlag", "I"), import_mode, guarantor, currency, _person("buyer"), one_package, weights),
        *(*_LINES, second_unit, bar_codes),
    ),
    "CEB623": (_flag("appType", "1"), _person("buyer")),
    "CEB625": (_person("buyer"), line_numbers, not_negative),
    "CEB303": (goods_value, *_LINES),
    "CEB403": (not_negative,),
    "CEB507": (split, line_numbers),
    "CEB509": (split, line_numbers),
    "CEB603": (_flag("ieFlag", "E"), _modes(EXPORT_MODES), weights, *_LINES, second_unit),
    "CEB607": (split, line_numbers),
    "CEB213": (_flag("ieFlag", "I"), _modes(RETURN_MODES), line_numbers, not_negative, second_unit),
    "CEB215": (_flag("ieFlag", "I"),),
    "CEB701": (split, period),
}

# A key may stand once in a message; customs looks back much further, which needs a database.
# Not the payment's: one transaction may pay for several orders.
UNIQUE: Mapping[str, tuple[str, str]] = {
    "CEB311": ("ebpCode", "orderNo"),
    "CEB303": ("ebpCode", "orderNo"),
    "CEB511": ("logisticsCode", "logisticsNo"),
    "CEB505": ("logisticsCode", "logisticsNo"),
    "CEB621": ("ebpCode", "orderNo"),
}


def _problem(short: str, path: str, params: Mapping[str, str], strict: bool) -> Problem:
    name = path.rpartition("/")[2]
    level: Level = "warning" if short in WARNINGS and not strict else "error"
    params = {"name": name, **params}
    return Problem(f"ceb.business.{short}", path, BUSINESS_TEXTS[short], params, level)


def _twins(message: Message, spec: MessageSpec) -> Iterator[Finding]:
    owner, key = UNIQUE.get(message.type, ("", ""))
    if not key:
        return
    seen: dict[tuple[str, str], int] = {}
    for document in message.documents:
        found = (document.head.get(owner, ""), document.head.get(key, ""))
        first = seen.setdefault(found, document.index)
        if first != document.index and found[1]:
            path = Case(spec, document.head, ()).at(key)
            yield "twice", _place(spec, document) + path, {"value": found[1], "first": str(first)}


def _place(spec: MessageSpec, document: Document) -> str:
    index = "" if spec.max_documents == 1 else f"[{document.index}]"
    return f"/{spec.root}/{spec.entity}{index}"


def business_problems(messages: Iterable[Message], *, strict: bool = False) -> list[Problem]:
    """All findings of the rules, in the order of documents. `strict`: warnings are errors."""
    problems: list[Problem] = []
    for message in messages:
        spec = message_spec(message.type)
        for document in message.documents:
            place = _place(spec, document)
            case = Case(spec, document.head, document.lines)
            for rule in RULES.get(message.type, ()):
                problems += [_problem(short, place + at, params, strict) for short, at, params in rule(case)]
        problems += [_problem(short, at, params, strict) for short, at, params in _twins(message, spec)]
    return problems

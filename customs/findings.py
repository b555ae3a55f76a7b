"""What an inventory list and its three documents say differently: pure rules, every finding.

Codes are customs' own where it is known which one they would use (sources: customs' table of import codes and
published replies; rules 8.1–8.17 of the 202205 specification's field texts, R9.01, R13.05); ours begin with
`match.`. Paths are those of the list's message, or begin with the document that is meant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Literal

from django.utils.translation import gettext_noop as _

from identity.rules import Outcome, payer_rule
from reference.problems import Problem, word

Row = Mapping[str, Any]
Level = Literal["error", "warning"]
LIST, ORDER, PAYMENT, WAYBILL = "/InventoryHead", "/OrderHead", "/PaymentHead", "/LogisticsHead"

AMOUNT_PAID, LINE_COUNT, LINE_DIFFERS = "1332", "1320", "1322"
BUYER_NAME, PAYMENT_FIRM = "13127", "13035"
PENDING, NOT_VERIFIED = "identity.pending", "identity.not_verified"

TEXTS: Mapping[str, str] = {
    "match.order_missing": _("The order {order} is not here yet."),
    "match.payment_missing": _("The payment of the order {order} is not here yet."),
    "match.waybill_missing": _("The waybill {waybill} is not here yet."),
    AMOUNT_PAID: _("The payment says {payment}, the order says {order}."),
    LINE_COUNT: _("The list has {list} lines, the order has {order}."),
    LINE_DIFFERS: _("Line {line}: {name} is {list} in the list and {order} in the order."),
    "match.line_missing": _("Line {line} of the order is not in the list."),
    "match.line_name": _("Line {line}: the goods are called {list} in the list and {order} in the order."),
    BUYER_NAME: _("The buyer's name in the list is not the one in the order."),
    "match.buyer_id": _("The buyer's identity number in the list is not the one in the order."),
    "match.buyer_id_of_payer": _("Buyer and payer have one identity number but two names."),
    PAYMENT_FIRM: _("The order names the payment firm {order}, the payment comes from {payment}."),
    "match.transaction": _("The order names the transaction {order}, the payment is {payment}."),
    PENDING: _("Buyer and payer are two people: the list waits until the buyer's identity is verified."),
    NOT_VERIFIED: _("Buyer and payer are two people, and the buyer's identity is not verified: {outcome}."),
    "match.freight": _("Freight and insurance in the list are {list}, the order says {order}."),
    "match.waybill_freight": _("Freight and insurance in the waybill are {waybill}, in the list {list}."),
    "match.ebc": _("The e-commerce firm is {list} in the list and {order} in the order."),
    "match.waybill_order": _("The waybill belongs to the order {waybill}, the list to {list}."),
    "match.consignee": _("Consignee or telephone differ between order and waybill."),
    "match.address": _("The address differs between {one} and {other}."),
    "match.weight": _("The gross weight is {list} kg in the list and {waybill} kg in the waybill."),
    "match.paid_before_order": _("The payment ({payment}) is older than the order ({order})."),
    "match.shipped_before_payment": _("The waybill ({waybill}) is older than the payment ({payment})."),
    "match.returned": _("{name} was sent back to be corrected: {code}"),
}  # fmt: skip

FAULTY: Literal["faulty"] = "faulty"
OUTCOMES: Mapping[str, str] = {
    "mismatch": word(_("name and number do not match")),
    "not_in_base": word(_("not in the base")),
    FAULTY: word(_("the number is not well formed")),
}

_COMPARED = ("qty", "unit", "price", "total_price", "country")
_ON_THE_WIRE = {"total_price": "totalPrice"}
_NAMES = {ORDER: word(_("order")), PAYMENT: word(_("payment")), WAYBILL: word(_("waybill"))}


@dataclass(frozen=True, slots=True)
class Case:
    """An inventory list with what was found for it; rows have the columns of the tables."""

    list: Row
    lines: Sequence[Row]
    order: Row | None = None
    order_lines: Sequence[Row] = field(default_factory=tuple)
    payment: Row | None = None
    waybill: Row | None = None
    buyer: Outcome | Literal["faulty"] = (
        "unavailable"  # what the library says of the buyer, asked where somebody else pays
    )

    @property
    def complete(self) -> bool:
        """All three documents are there."""
        return None not in (self.order, self.payment, self.waybill)

    @property
    def others_pay(self) -> bool:
        """The payer is not the buyer."""
        order, payment = self.order, self.payment
        return (
            order is not None
            and payment is not None
            and bool(order["buyer_id_hash"] != payment["payer_id_hash"])
        )

    @property
    def of_another(self) -> bool:
        """The order is another e-commerce firm's: its numbers can be guessed, nothing in it is told."""
        return self.order is not None and self.order["ebc_code"] != self.list["ebc_code"]


def problem(code: str, path: str, level: Level = "error", /, **params: object) -> Problem:
    """A finding of this module."""
    return Problem(code, path, TEXTS[code], {name: shown(value) for name, value in params.items()}, level)


def shown(value: object) -> str:
    """Amounts with two decimals at least and without idle zeros."""
    if isinstance(value, Decimal):
        whole = value.quantize(Decimal("0.01"))
        return f"{whole if whole == value else value.normalize():f}"
    return str(value)


def compare(case: Case) -> list[Problem]:
    """Every finding of the match, in the order in which people read the documents."""
    if case.of_another:
        own = [Problem.from_stored(stored) for stored in case.list["checks"]]
        return [*_missing(case), *own, *parties(replace(case, waybill=None))]
    found = [*_missing(case), *_own(case)]
    for rule in RULES:
        found += rule(case)
    return found


def _missing(case: Case) -> Iterator[Problem]:
    number = case.list["order_no"]
    if case.order is None:
        yield problem("match.order_missing", f"{LIST}/orderNo", "warning", order=number)
    if case.payment is None:
        yield problem("match.payment_missing", f"{LIST}/orderNo", "warning", order=number)
    if case.waybill is None:
        waybill = case.list["logistics_no"]
        yield problem("match.waybill_missing", f"{LIST}/logisticsNo", "warning", waybill=waybill)


def _own(case: Case) -> Iterator[Problem]:
    """What each document says wrong by itself, and which of the three were sent back."""
    for row in (case.list, case.order, case.payment, case.waybill):
        if row is not None:
            yield from (Problem.from_stored(stored) for stored in row["checks"])
    for path, row in ((ORDER, case.order), (PAYMENT, case.payment), (WAYBILL, case.waybill)):
        if row is not None and row["state"] in ("returned", "eport_refused"):
            yield problem("match.returned", path, name=_NAMES[path], code=row["return_code"] or "–")


def buyer(case: Case) -> Iterator[Problem]:
    """8.4: the buyer of the list is the buyer of the order (13127 for the name)."""
    if case.order is None:
        return
    if case.list["buyer_name_hash"] != case.order["buyer_name_hash"]:
        yield problem(BUYER_NAME, f"{LIST}/buyerName")
    if case.list["buyer_id_hash"] != case.order["buyer_id_hash"]:
        yield problem("match.buyer_id", f"{LIST}/buyerIdNumber")


def payer(case: Case) -> Iterator[Problem]:
    """R9.01, R13.12: buyer and payer are one person unless the buyer is verified; not known yet: pending."""
    if case.order is None or case.payment is None:
        return
    if case.others_pay:
        rule = "same" if case.buyer == FAULTY else payer_rule(case.buyer)
        if rule == "wait":
            yield problem(PENDING, f"{PAYMENT}/payerIdNumber", "warning")
        elif rule == "same":
            yield problem(NOT_VERIFIED, f"{PAYMENT}/payerIdNumber", outcome=OUTCOMES[case.buyer])
    elif case.order["buyer_name_hash"] != case.payment["payer_name_hash"]:
        yield problem("match.buyer_id_of_payer", f"{PAYMENT}/payerName")


def money(case: Case) -> Iterator[Problem]:
    """8.1, 8.7: amount, payment firm and transaction (1332, 13035)."""
    order, payment = case.order, case.payment
    if order is None or payment is None:
        return
    if order["actural_paid"] != payment["amount_paid"]:
        paid, asked = payment["amount_paid"], order["actural_paid"]
        yield problem(AMOUNT_PAID, f"{PAYMENT}/amountPaid", payment=paid, order=asked)
    if order["pay_code"] and order["pay_code"] != payment["pay_code"]:
        yield problem(
            PAYMENT_FIRM, f"{PAYMENT}/payCode", payment=payment["pay_code"], order=order["pay_code"]
        )
    named, used = order["pay_transaction_id"], payment["pay_transaction_id"]
    if named and named != used:
        yield problem("match.transaction", f"{PAYMENT}/payTransactionId", payment=used, order=named)


def charges(case: Case) -> Iterator[Problem]:
    """R13.05: the order has no insurance element, its freight is the list's freight and insurance."""
    listed = case.list["freight"] + case.list["insured_fee"]
    if case.order is not None and case.order["freight"] != listed:
        yield problem("match.freight", f"{LIST}/freight", list=listed, order=case.order["freight"])
    waybill = case.waybill
    if waybill is not None and waybill["freight"] is not None:
        sent = waybill["freight"] + (waybill["insured_fee"] or 0)
        if sent != listed:
            yield problem("match.waybill_freight", f"{WAYBILL}/freight", "warning", waybill=sent, list=listed)


def parties(case: Case) -> Iterator[Problem]:
    """8.6 and the waybill's own order number."""
    if case.order is not None and case.list["ebc_code"] != case.order["ebc_code"]:
        yield problem(
            "match.ebc", f"{LIST}/ebcCode", list=case.list["ebc_code"], order=case.order["ebc_code"]
        )
    if case.waybill is not None and case.waybill["order_no"] != case.list["order_no"]:
        numbers = {"waybill": case.waybill["order_no"], "list": case.list["order_no"]}
        yield problem("match.waybill_order", f"{WAYBILL}/orderNo", **numbers)


def consignee(case: Case) -> Iterator[Problem]:
    """8.5: consignee, telephone and address are the same in order and waybill; the list has the address."""
    order, waybill = case.order, case.waybill
    if order is not None and waybill is not None:
        if any(order[name] != waybill[name] for name in ("consignee_name_hash", "consignee_phone_hash")):
            yield problem("match.consignee", f"{WAYBILL}/consignee")
        if order["consignee_hash"] != waybill["consignee_hash"]:
            yield problem(
                "match.address", f"{WAYBILL}/consigneeAddress", one=word(_("order")), other=word(_("waybill"))
            )
    if order is not None and order["consignee_hash"] != case.list["consignee_hash"]:
        yield problem(
            "match.address", f"{LIST}/consigneeAddress", one=word(_("order")), other=word(_("list"))
        )


def goods(case: Case) -> Iterator[Problem]:
    """8.6: as many lines (1320), and each the same (1322)."""
    if case.order is None:
        return
    if len(case.lines) != len(case.order_lines):
        yield problem(LINE_COUNT, "/InventoryList", list=len(case.lines), order=len(case.order_lines))
    ordered = {line["gnum"]: line for line in case.order_lines}
    listed = {line["gnum"] for line in case.lines}
    for line in case.lines:
        other = ordered.get(line["gnum"])
        if other is not None:
            yield from _line(line, other)
        elif len(case.lines) == len(case.order_lines):
            yield problem(
                LINE_DIFFERS, f"/InventoryList[{line['gnum']}]/gnum",
                line=line["gnum"], name="gnum", list=line["gnum"], order="–",
            )  # fmt: skip
    for number in sorted(ordered.keys() - listed):
        yield problem("match.line_missing", f"/InventoryList[{number}]", "warning", line=number)


def _line(line: Row, other: Row) -> Iterator[Problem]:
    place, number = f"/InventoryList[{line['gnum']}]", line["gnum"]
    for name in _COMPARED:
        if line[name] != other[name]:
            wire = _ON_THE_WIRE.get(name, name)
            values = {"line": number, "name": wire, "list": line[name], "order": other[name]}
            yield problem(LINE_DIFFERS, f"{place}/{wire}", **values)
    if line["gname"] != other["item_name"]:
        names = {"list": line["gname"], "order": other["item_name"]}
        yield problem("match.line_name", f"{place}/gname", "warning", line=number, **names)


def weight(case: Case) -> Iterator[Problem]:
    """The parcel weighs the same in list and waybill; nobody says so, hence a warning."""
    if case.waybill is not None and case.waybill["weight"] != case.list["gross_weight"]:
        weights = {"list": case.list["gross_weight"], "waybill": case.waybill["weight"]}
        yield problem("match.weight", f"{LIST}/grossWeight", "warning", **weights)


def dates(case: Case) -> Iterator[Problem]:
    """Ordered, paid, shipped, in that order. Times of declaration stand in for order and waybill: warnings.

    An order that was changed was declared anew, so its time says nothing about when it was made.
    """
    order, payment, waybill = case.order, case.payment, case.waybill
    if payment is None:
        return
    paid = payment["pay_time"]
    if order is not None and order["app_type"] == "1" and paid < order["app_time"]:
        times = {"payment": paid, "order": order["app_time"]}
        yield problem("match.paid_before_order", f"{PAYMENT}/payTime", "warning", **times)
    if waybill is not None and waybill["app_time"] < paid:
        times = {"waybill": waybill["app_time"], "payment": paid}
        yield problem("match.shipped_before_payment", f"{WAYBILL}/appTime", "warning", **times)


RULES = (buyer, payer, money, charges, parties, consignee, goods, weight, dates)

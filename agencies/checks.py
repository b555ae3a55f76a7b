"""What E-port and customs look at: is the document admissible, does the list agree with its documents."""

import csv
from decimal import Decimal

from agencies.documents import LISTS, Document, decimal
from agencies.known import LIVE, Known
from agencies.replies import HERE
from agencies.store import stored_document

NEW, CHANGE = "1", "2"
# Where customs' table has a code that says it, that code; a waybill that cannot be found has none of its own.
DUPLICATE = {"order": "-301010", "payment": "-401007", "waybill": "-504015", "list": "-621004"}
NOT_CHANGEABLE = {"order": "-301011", "payment": "-401008", "waybill": "-504016", "list": "-621012"}
NOT_TAKEN = {"order": "-301012", "payment": "-401010", "waybill": "-504014", "list": "-621022"}
# The export table names ranges only; these say the same as their import counterparts.
for _codes in (DUPLICATE, NOT_CHANGEABLE, NOT_TAKEN):
    _codes |= {f"export-{kind}": _codes[kind] for kind in ("order", "waybill", "list")}
    _codes["export-collection"] = _codes["payment"]
    _codes |= dict.fromkeys(("arrival", "manifest", "departure"), _codes["waybill"])
MISSING_ORDER, MISSING_PAYMENT, MISSING_WAYBILL = "-301003", "-401001", "-621003"
MISSING = {MISSING_ORDER, MISSING_PAYMENT, MISSING_WAYBILL}


def _buyers() -> dict[str, Decimal]:
    with (HERE / "data" / "buyers.csv").open(encoding="utf-8") as rows:
        return {row["id_number"]: Decimal(row["left"]) for row in csv.DictReader(rows)}


LEFT_OF_YEARLY_LIMIT = _buyers()  # yuan; buyers not named here have enough


def eport_fault(store: Known, document: Document) -> str | None:
    """The negative code with which E-port turns the document away, if it does."""
    kind = document.kind
    if document.fields.get("appType") not in {NEW, CHANGE}:
        return NOT_TAKEN[kind]
    if store.guid_taken(kind, document.guid, document.key):
        return DUPLICATE[kind]
    if kind in LISTS:
        return _list_fault(store, document)
    existing = store.current(kind, document.key)
    if existing is None or existing["state"] not in LIVE:
        return None
    if document.fields["appType"] == NEW:
        return DUPLICATE[kind]
    return NOT_CHANGEABLE[kind] if _declared(store, document) else None


def _list_fault(store: Known, document: Document) -> str | None:
    existing = store.current(document.kind, document.key)
    live = existing if existing is not None and existing["state"] in LIVE else None
    live = live or store.current_of_order(document.kind, document.order_key)
    if live is None:
        return None
    change = document.fields["appType"] == CHANGE
    return NOT_CHANGEABLE[document.kind] if change else DUPLICATE[document.kind]


def _declared(store: Known, document: Document) -> bool:
    """Does a list that was not sent back rest on this document?"""
    if document.kind in ("arrival", "manifest", "departure"):
        return True
    if not document.kind.endswith("waybill"):
        lists = "export-list" if document.kind.startswith("export-") else "list"
        return store.current_of_order(lists, document.order_key) is not None
    return store.live_list_of_waybill(document.waybill_key)


def findings(store: Known, declared: Document) -> list[str]:
    """All codes with which customs sends the list back; none: it passed."""
    if declared.kind == "export-list":
        return _export_findings(store, declared)
    order_row = store.current_of_order("order", declared.order_key)
    payment_row = store.current_of_order("payment", declared.order_key)
    waybill = store.current("waybill", declared.waybill_key)
    codes = []
    if order_row is None:
        codes.append(MISSING_ORDER)
    if payment_row is None:
        codes.append(MISSING_PAYMENT)
    if waybill is None or waybill["state"] not in LIVE:
        codes.append(MISSING_WAYBILL)
    if order_row is not None:
        order = stored_document(order_row)
        codes += _against_order(declared, order)
        if payment_row is not None:
            codes += _payment_against_order(stored_document(payment_row), order)
    return codes + _limit(declared)


def _export_findings(store: Known, declared: Document) -> list[str]:
    order_row = store.current_of_order("export-order", declared.order_key)
    waybill = store.current("export-waybill", declared.waybill_key)
    codes = []
    if order_row is None:
        codes.append(MISSING_ORDER)
    if waybill is None or waybill["state"] not in LIVE:
        codes.append(MISSING_WAYBILL)
    if order_row is not None:
        order = stored_document(order_row)
        if len(declared.lines) != len(order.lines):
            codes.append("1320")
        elif _lines(declared) != _lines(order):
            codes.append("1322")
    return codes


def _against_order(declared: Document, order: Document) -> list[str]:
    codes = []
    if len(declared.lines) != len(order.lines):
        codes.append("1320")
    elif _lines(declared) != _lines(order):
        codes.append("1322")
    buyer = ("buyerName", "buyerIdNumber")
    if any(declared.fields.get(name) != order.fields.get(name) for name in buyer):
        codes.append("13127")
    return codes


def _lines(document: Document) -> set[tuple[str, Decimal, Decimal]]:
    return {
        (line.get("gnum", ""), decimal(line.get("qty")), decimal(line.get("price")))
        for line in document.lines
    }


def _payment_against_order(payment: Document, order: Document) -> list[str]:
    codes = []
    if payment.amount("amountPaid") != order.amount("acturalPaid"):
        codes.append("1332")
    if order.fields.get("payCode") and order.fields["payCode"] != payment.fields["payCode"]:
        codes.append("13035")
    return codes


def _limit(declared: Document) -> list[str]:
    left = LEFT_OF_YEARLY_LIMIT.get(declared.fields.get("buyerIdNumber", ""))
    return ["-621018"] if left is not None and dutiable_value(declared) > left else []


def dutiable_value(declared: Document) -> Decimal:
    """Goods, freight and insurance, in yuan."""
    goods = sum(
        (decimal(line.get("price")) * decimal(line.get("qty")) for line in declared.lines), Decimal(0)
    )
    return goods + declared.amount("freight") + declared.amount("insuredFee")

"""What an export list, its order and its waybill say differently: pure rules, every finding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext_noop as _

from customs.export.currencies import letters
from customs.export.simplified import SIMPLIFIED, Facts, unmet
from customs.findings import LIST, ORDER, WAYBILL, Level, Row, shown
from customs.findings import TEXTS as IMPORT_TEXTS
from reference.problems import Problem, word

# For the elements that order, waybill and list share the sentences are those of import.
TEXTS: Mapping[str, str] = {
    **IMPORT_TEXTS,
    "match.collection_missing": _("The collection record of the order {order} is not here yet."),
    "export.collection": _(
        "The collection record says {collection}, goods and freight of the order are {order}."
    ),
    "export.unit_missing": _(
        "Line {line}: the order has no unit; the particulars on record here are not complete."
    ),
    "export.currency": _("Line {line}: the currency is {list} in the list and {order} in the order."),
    "export.zone": _("Simplified declaration (A) is for firms of the pilot zone; {firm} is not one."),
    "export.duty": _("Simplified declaration (A) is not for goods with export duty."),
    "export.refund": _("Simplified declaration (A) is not for goods on their way to a tax refund."),
    "export.licence": _("Simplified declaration (A) is not for goods that need a licence; one is named."),
    "export.value": _(
        "The parcel is worth {value} CNY, more than {limit}: not for simplified declaration (A). The limit is not"
        " verified."
    ),
    "export.hs_short": _("A summary declaration (B) needs all ten digits of the HS code."),
}
_COMPARED = {"qty": "qty", "unit": "unit", "price": "price", "total_price": "totalPrice"}


# Order and waybill are needed whatever the day; the collection record depends on it.
ALWAYS = frozenset({"order", "waybill"})
COLLECTION = "/Receipts"
_NAMES = {
    ORDER: word(_("order")),
    COLLECTION: word(_("collection record")),
    WAYBILL: word(_("waybill")),
}


@dataclass(frozen=True, slots=True)
class Case:
    """An export list with what was found for it; rows have the columns of the tables. `needed`: by its day."""

    list: Row
    lines: Sequence[Row]
    order: Row | None = None
    order_lines: Sequence[Row] = field(default_factory=tuple)
    waybill: Row | None = None
    collection: Row | None = None
    needed: frozenset[str] = ALWAYS
    in_pilot_zone: bool | None = None
    value: Decimal | None = None  # CNY of the parcel
    limit: Decimal | None = None  # CNY, of a parcel declared in the simplified way


def _problem(code: str, path: str, level: Level = "error", /, **params: object) -> Problem:
    return Problem(code, path, TEXTS[code], {name: shown(value) for name, value in params.items()}, level)


def compare(case: Case) -> list[Problem]:
    """Every finding, in the order in which people read the documents."""
    found = (_missing(case), _own(case), _money(case), _goods(case), _weight(case), _way(case))
    return [problem for part in found for problem in part]


def verb_of(case: Case, problems: Sequence[Problem]) -> str:
    """The way the list goes now."""
    if any(getattr(case, name) is None for name in case.needed):
        return "wait"
    return "fault" if any(problem.level == "error" for problem in problems) else "ready"


def _missing(case: Case) -> Iterator[Problem]:
    if case.order is None:
        yield _problem("match.order_missing", f"{LIST}/orderNo", "warning", order=case.list["order_no"])
    if "collection" in case.needed and case.collection is None:
        yield _problem("match.collection_missing", f"{LIST}/orderNo", "warning", order=case.list["order_no"])
    if case.waybill is None:
        number = case.list["logistics_no"]
        yield _problem("match.waybill_missing", f"{LIST}/logisticsNo", "warning", waybill=number)


def _own(case: Case) -> Iterator[Problem]:
    for row in (case.list, case.order, case.collection, case.waybill):
        if row is not None:
            yield from (Problem.from_stored(stored) for stored in row["checks"])
    for path, row in ((ORDER, case.order), (COLLECTION, case.collection), (WAYBILL, case.waybill)):
        if row is not None and row["state"] in ("returned", "eport_refused"):
            yield _problem("match.returned", path, name=_NAMES[path], code=row["return_code"] or "–")


def _money(case: Case) -> Iterator[Problem]:
    """What came in may be net of the marketplace's fees: it is told, nothing is held against the list."""
    order, money = case.order, case.collection
    if order is None or money is None:
        return
    wanted = (order["goods_value"] + order["freight"], order["currency"])
    if (money["charge"], money["currency"]) != wanted:
        said = {
            name: f"{shown(amount)} {letters(currency)}"
            for name, (amount, currency) in (
                ("collection", (money["charge"], money["currency"])),
                ("order", wanted),
            )
        }
        yield _problem("export.collection", f"{COLLECTION}/charge", "warning", **said)


def _goods(case: Case) -> Iterator[Problem]:
    if case.order is None:
        return
    if len(case.lines) != len(case.order_lines):
        yield _problem("1320", "/InventoryList", list=len(case.lines), order=len(case.order_lines))
    ordered = {line["gnum"]: line for line in case.order_lines}
    for line in case.lines:
        if (other := ordered.get(line["gnum"])) is not None:
            yield from _line(line, other)


def _line(line: Row, other: Row) -> Iterator[Problem]:
    place, number = f"/InventoryList[{line['gnum']}]", line["gnum"]
    for name, wire in _COMPARED.items():
        if name == "unit" and not other["unit"].strip():
            yield _problem("export.unit_missing", f"{place}/unit", "warning", line=number)
        elif line[name] != other[name]:
            said = {"line": number, "name": wire, "list": line[name], "order": other[name]}
            yield _problem("1322", f"{place}/{wire}", **said)
    if line["currency"] != other["currency"]:
        said = {"line": number, "list": line["currency"], "order": other["currency"]}
        yield _problem("export.currency", f"{place}/currency", **said)


def _weight(case: Case) -> Iterator[Problem]:
    if case.waybill is not None and case.waybill["gross_weight"] != case.list["gross_weight"]:
        weights = {"list": case.list["gross_weight"], "waybill": case.waybill["gross_weight"]}
        yield _problem("match.weight", f"{LIST}/grossWeight", "warning", **weights)


def _way(case: Case) -> Iterator[Problem]:
    """R2.04: may it be declared the way it is? Export duty and refund are not known from the documents."""
    facts = Facts(
        flag=case.list["statistics_flag"],
        gcodes=tuple(line["gcode"] for line in case.lines),
        in_pilot_zone=case.in_pilot_zone,
        licence=bool(case.list["license_no"].strip()),
        value=case.value,
        limit=case.limit,
    )
    # A limit that nobody has seen in a text stops nothing: it is told.
    for code in unmet(facts):
        path = f"{LIST}/{'statisticsFlag' if facts.flag == SIMPLIFIED else 'gcode'}"
        level: Level = "warning" if code == "export.value" else "error"
        said = {"firm": case.list["ebc_name"], "value": case.value, "limit": case.limit}
        yield _problem(code, path, level, **{name: "" if one is None else one for name, one in said.items()})

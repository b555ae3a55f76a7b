"""The exporter's October as messages: orders by F, waybills, arrivals and departures by D, lists and manifests by G.

    export_messages()            # [(message type, bytes)], in the order in which they are sent
    hand_in_export(senders)      # each handed in by its sender; nothing when it is here already

The notes of the lists tell customs' stand-in which number and time the story gives them.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from accounts.principals import Principal
from customs.ceb import Document
from customs.demo.cast import COMPANIES, DEFAULTS
from customs.demo.sales import money, plain
from customs.demo.wire import envelope, with_values
from customs.intake import receive_message
from customs.models import ExportOrder

SENDERS: Mapping[str, str] = {
    "CEB303": "F", "CEB403": "C", "CEB505": "D", "CEB603": "G", "CEB507": "D", "CEB607": "G", "CEB509": "D",
}  # fmt: skip
USD = USA = "502"
FREIGHT = Decimal("6.00")
PACKAGING = Decimal("0.15")  # kg


@dataclass(frozen=True, slots=True)
class ExportGoods:
    """Goods of the story; `units`: statutory units and their quantity of one piece."""

    sku: str
    name: str
    hs: str
    unit: str
    units: tuple[tuple[str, Decimal], ...]
    net: Decimal


@dataclass(frozen=True, slots=True)
class Parcel:
    """One order, one waybill, one list. `left`: 14 digits; `ordered_unit`: what the order says."""

    number: int
    day: str
    goods: ExportGoods
    quantity: Decimal
    price: Decimal  # USD
    office: str = "0213"
    flag: str = "A"
    left: str = ""
    ordered_unit: str = ""

    @property
    def order_no(self) -> str:
        """Of the marketplace."""
        return f"EM{self.day}E{self.number:02d}"

    @property
    def waybill_no(self) -> str:
        """Of the logistics firm."""
        return f"JSE{self.day}{self.number:02d}"

    @property
    def list_no(self) -> str:
        """As customs give it."""
        return f"{self.office}2026E{self.number:09d}"

    @property
    def value(self) -> Decimal:
        """USD, FOB."""
        return self.quantity * self.price

    @property
    def leaves(self) -> str:
        """14 digits of Beijing time."""
        return self.left or f"{self.day}203000"

    @property
    def bill_no(self) -> str:
        """The master bill of its office and day of leaving."""
        return f"DEMOBL{self.leaves[:8]}{'' if self.office == DEFAULTS['customs_code'] else 'B'}"

    @property
    def net(self) -> Decimal:
        """kg."""
        return self.quantity * self.goods.net


def _data() -> dict[str, list[dict[str, Any]]]:
    return tomllib.loads(files("customs.demo").joinpath("export.toml").read_text("utf-8"))


def export_goods() -> dict[str, ExportGoods]:
    """Goods by SKU."""
    found = {}
    for row in _data()["goods"]:
        units = tuple((code, Decimal(per)) for code, per in row["units"])
        found[row["sku"]] = ExportGoods(
            row["sku"], row["name"], row["hs"], row["unit"], units, Decimal(row["net"])
        )
    return found


def parcels() -> list[Parcel]:
    """The twenty, in order."""
    return _parcels("parcel")


def _parcels(table: str) -> list[Parcel]:
    goods = export_goods()
    return [
        Parcel(
            number=int(row["number"]),
            day=row["day"],
            goods=goods[row["sku"]],
            quantity=Decimal(row["quantity"]),
            price=Decimal(row["price"]),
            office=row.get("office", DEFAULTS["customs_code"]),
            flag=row.get("flag", "A"),
            left=row.get("left", ""),
            ordered_unit=row.get("ordered_unit", goods[row["sku"]].unit),
        )
        for row in _data()[table]
    ]


def _opening(what: str, key: str, at: str) -> dict[str, str]:
    guid = str(uuid5(NAMESPACE_URL, f"demo/export/{what}/{key}")).upper()
    return {"guid": guid, "appType": "1", "appTime": at, "appStatus": "2"}


def _named(prefix: str, key: str) -> dict[str, str]:
    company = COMPANIES[key]
    return {f"{prefix}Code": company.customs_code, f"{prefix}Name": company.name}


_MARKET = {"ebpCode": "无", "ebpName": "Example Marketplace"}


def order(one: Parcel) -> Document:
    """The firm's order (CEB303)."""
    head = {
        **_opening("order", one.order_no, f"{one.day}090000"),
        "orderType": "E",
        "orderNo": one.order_no,
        **_MARKET,
        **_named("ebc", "F"),
        "goodsValue": money(one.value),
        "freight": money(FREIGHT),
        "currency": USD,
    }
    line = {
        "gnum": "1", "itemNo": one.goods.sku, "itemName": one.goods.name, "unit": one.ordered_unit,
        "currency": USD, "qty": plain(one.quantity), "price": money(one.price), "totalPrice": money(one.value),
    }  # fmt: skip
    return Document(head, [line])


def collection(one: Parcel) -> Document:
    """The payment firm's record of the money (CEB403); not needed since 2024-12-15, so not part of the month."""
    return Document(
        {
            **_opening("collection", one.order_no, f"{one.day}091000"),
            **_MARKET,
            **_named("ebc", "F"),
            "orderNo": one.order_no,
            **_named("pay", "C"),
            "payNo": f"R{one.order_no}",
            "charge": money(one.value + FREIGHT),
            "currency": USD,
            "accountingDate": f"{one.day}091000",
        }
    )


def waybill(one: Parcel) -> Document:
    """The logistics firm's waybill (CEB505)."""
    return Document(
        {
            **_opening("waybill", one.waybill_no, f"{one.day}093000"),
            **_named("logistics", "D"),
            "logisticsNo": one.waybill_no,
            "freight": money(FREIGHT),
            "insuredFee": "0",
            "currency": USD,
            "grossWeight": plain(one.net + PACKAGING),
            "packNo": "1",
            "goodsInfo": one.goods.name,
            **_named("ebc", "F"),
        }
    )


def export_list(one: Parcel) -> Document:
    """The declarant's list (CEB603)."""
    head = {
        **_opening("list", one.order_no, f"{one.day}100000"),
        "customsCode": one.office,
        **_MARKET,
        "orderNo": one.order_no,
        **_named("logistics", "D"),
        "logisticsNo": one.waybill_no,
        "copNo": f"GE{one.day}{one.number:02d}",
        "ieFlag": "E",
        "portCode": "0202" if one.office == DEFAULTS["customs_code"] else one.office,
        "ieDate": one.day,
        "statisticsFlag": one.flag,
        **_named("agent", "G"),
        **_named("ebc", "F"),
        **_named("owner", "F"),
        "tradeMode": "9610",
        "trafMode": "2",
        "country": USA,
        "POD": "USA",
        "freight": money(FREIGHT), "fCurrency": USD, "fFlag": "3",
        "insuredFee": "0", "iCurrency": USD, "iFlag": "3",
        "wrapType": "2",
        "packNo": "1",
        "grossWeight": plain(one.net + PACKAGING),
        "netWeight": plain(one.net),
        "note": f"at={one.day}103000 number={one.list_no}",
    }  # fmt: skip
    return Document(head, [_list_line(one)])


def _list_line(one: Parcel) -> dict[str, str]:
    goods = one.goods
    values = {
        "gnum": "1", "itemNo": goods.sku, "itemName": goods.name,
        "gcode": f"{goods.hs[:4]}000000" if one.flag == "A" else goods.hs,
        "gname": goods.name, "gmodel": goods.name, "barCode": "无", "country": USA, "currency": USD,
        "qty": plain(one.quantity), "unit": goods.unit,
        "price": money(one.price), "totalPrice": money(one.value),
    }  # fmt: skip
    for place, (unit, per) in enumerate(goods.units, 1):
        values |= {f"qty{place}": plain(one.quantity * per), f"unit{place}": unit}
    return values


def _notice(what: str, bill: str, at: str, office: str) -> dict[str, str]:
    return {
        **_opening(what, bill, at),
        "customsCode": office,
        "copNo": f"{what[0].upper()}{bill}"[:30],
        **_named("logistics", "D"),
        "trafMode": "2",
        "billNo": bill,
        "msgCount": "1",
        "msgSeqNo": "1",
    }


def _lines(group: list[Parcel]) -> list[dict[str, str]]:
    return [{"gnum": str(n), "logisticsNo": one.waybill_no} for n, one in enumerate(group, 1)]


def arrival(bill: str, group: list[Parcel]) -> Document:
    """The parcels of a master bill stand in the site of H (CEB507)."""
    one = group[0]
    head = _notice("arrival", bill, f"{one.day}140000", one.office) | _named("operator", "H")
    head |= {"ieFlag": "E", "domesticTrafNo": "津A示例01", "loctNo": DEFAULTS["site"]}
    return Document(head, _lines(group))


def manifest(bill: str, group: list[Parcel]) -> Document:
    """They go under the master bill (CEB607)."""
    one = group[0]
    head = _notice("manifest", bill, f"{one.day}150000", one.office) | _named("agent", "G")
    weight = sum((parcel.net + PACKAGING for parcel in group), Decimal(0))
    head |= {"trafName": "DEMO TIDE", "voyageNo": f"V{one.leaves[2:8]}", "grossWeight": plain(weight)}
    return Document(head, _lines(group))


def departure(bill: str, group: list[Parcel]) -> Document:
    """They have left the country (CEB509)."""
    one = group[0]
    head = _notice("departure", bill, one.leaves, one.office) | {"leaveTime": one.leaves}
    return Document(head, _lines(group))


def export_messages(sold: Sequence[Parcel] = ()) -> Iterator[tuple[str, bytes]]:
    """Every message of these parcels (left out: the month's), in the order in which they are sent."""
    sold = sold or parcels()
    for type_, make in (("CEB303", order), ("CEB505", waybill), ("CEB603", export_list)):
        yield type_, _signed(type_, [make(one) for one in sold])
    groups: defaultdict[str, list[Parcel]] = defaultdict(list)
    for one in sold:
        groups[one.bill_no].append(one)
    for kind, tell in (("CEB507", arrival), ("CEB607", manifest), ("CEB509", departure)):
        yield kind, _signed(kind, [tell(bill, group) for bill, group in groups.items()])


def by_hand() -> dict[str, dict[str, bytes]]:
    """Folder → message type → message, to be handed in by hand: E21 is closed, E22 returned and declared again.

    E22's list declares three pieces, its order says two: customs returns it with 1322.
    """
    straight, wrong = _parcels("by_hand")
    whole = dict(export_messages([wrong]))
    declared = export_list(wrong)
    again = declared.head | {"appType": "2", "guid": _opening("again", wrong.order_no, "")["guid"]}
    three = {"qty": "3", "totalPrice": money(3 * wrong.price)}
    return {
        f"E{straight.number}": dict(export_messages([straight])),
        f"E{wrong.number}": {
            **{type_: whole[type_] for type_ in ("CEB303", "CEB505")},
            "CEB603": _signed("CEB603", [with_values(declared, {}, {1: three})]),
        },
        f"E{wrong.number}-corrected": {
            "CEB603": _signed("CEB603", [with_values(declared, again, {})]),
            **{type_: whole[type_] for type_ in ("CEB507", "CEB607", "CEB509")},
        },
    }


def _signed(type_: str, documents: list[Document]) -> bytes:
    return envelope(type_, documents, sender=SENDERS[type_])


def hand_in_export(senders: Mapping[str, Principal]) -> int:
    """Hand the month in, each message by its sender (`senders` by key: F, D, G); how many messages."""
    if ExportOrder.objects.exists():
        return 0
    count = 0
    for type_, data in export_messages():
        receive_message(data, principal=senders[SENDERS[type_]], channel="browser")
        count += 1
    return count

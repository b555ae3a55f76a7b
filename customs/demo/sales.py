"""One sale and the four documents that tell of it: the same facts in each, as the wire wants them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import NAMESPACE_URL, uuid5

from customs.ceb import Document
from customs.demo.cast import COMPANIES, DEFAULTS, Buyer, Goods

ZERO = Decimal(0)
CNY = CHINA = "142"
DIRECT = "9610"
PACKAGING = Decimal("0.25")  # kg
# From the order on: payment, waybill, list.
PAYMENT, WAYBILL, LIST = timedelta(minutes=2), timedelta(minutes=90), timedelta(minutes=115)


@dataclass(frozen=True, slots=True)
class Line:
    """Goods, pieces and price of one piece in CNY."""

    goods: Goods
    quantity: Decimal
    price: Decimal

    @property
    def total(self) -> Decimal:
        return self.quantity * self.price


@dataclass(frozen=True, slots=True)
class Sale:
    """The facts. `number` tells sales apart: every number on the documents is made of it."""

    number: str
    mode: str
    ordered: datetime  # Beijing time
    buyer: Buyer
    lines: tuple[Line, ...]
    tax: Decimal
    payer: Buyer | None = None
    freight: Decimal = ZERO
    insurance: Decimal = ZERO
    discount: Decimal = ZERO
    paid: Decimal | None = None  # None: what the order says
    note: str = ""
    address_number: str = "1"

    @property
    def goods_value(self) -> Decimal:
        return sum((line.total for line in self.lines), ZERO)

    @property
    def actural_paid(self) -> Decimal:
        """Goods, freight and tax less the deduction."""
        return self.goods_value + self.freight + self.insurance + self.tax - self.discount

    @property
    def net(self) -> Decimal:
        return sum((line.quantity * line.goods.net for line in self.lines), ZERO)

    @property
    def order_no(self) -> str:
        return f"HY{self.number}"

    @property
    def transaction(self) -> str:
        return f"JF{self.number}"

    @property
    def waybill_no(self) -> str:
        return f"JS{self.number}"

    @property
    def cop_no(self) -> str:
        return f"JG{self.number}"[:20]

    @property
    def address(self) -> str:
        return DEFAULTS["address"].format(number=self.address_number)

    def guid(self, what: str) -> str:
        """The same sale always has the same guids, in capitals as the wire wants them."""
        return str(uuid5(NAMESPACE_URL, f"demo/{self.number}/{what}")).upper()


def money(amount: Decimal) -> str:
    """Two decimals."""
    return f"{amount:.2f}"


def plain(number: Decimal) -> str:
    """No exponent, no trailing zeros."""
    return f"{number.normalize():f}"


def stamp(at: datetime) -> str:
    """14 digits."""
    return f"{at:%Y%m%d%H%M%S}"


def _opening(sale: Sale, what: str, at: datetime, app_type: str) -> dict[str, str]:
    return {
        "guid": sale.guid(f"{what}/{app_type}"),
        "appType": app_type,
        "appTime": stamp(at),
        "appStatus": "2",
    }


def _named(prefix: str, key: str) -> dict[str, str]:
    company = COMPANIES[key]
    return {f"{prefix}Code": company.customs_code, f"{prefix}Name": company.name}


def order(sale: Sale, app_type: str = "1") -> Document:
    """The platform's order (CEB311)."""
    person = sale.buyer
    head = {
        **_opening(sale, "order", sale.ordered, app_type),
        "orderType": "I",
        "orderNo": sale.order_no,
        **_named("ebp", "A"),
        **_named("ebc", "B"),
        "goodsValue": money(sale.goods_value),
        "freight": money(sale.freight + sale.insurance),
        "discount": money(sale.discount),
        "taxTotal": money(sale.tax),
        "acturalPaid": money(sale.actural_paid),
        "currency": CNY,
        "buyerRegNo": f"U{person.telephone}",
        "buyerName": person.name,
        "buyerTelephone": person.telephone,
        "buyerIdType": "1",
        "buyerIdNumber": person.id_number,
        **_named("pay", "C"),
        "payTransactionId": sale.transaction,
        "consignee": person.name,
        "consigneeTelephone": person.telephone,
        "consigneeAddress": sale.address,
        "consigneeDistrict": DEFAULTS["district"],
    }
    return Document(head, [_order_line(number, line) for number, line in enumerate(sale.lines, 1)])


def _order_line(number: int, line: Line) -> dict[str, str]:
    goods = line.goods
    return {
        "gnum": str(number),
        "itemNo": goods.sku,
        "itemName": goods.name,
        "gmodel": goods.gmodel,
        "barCode": goods.bar_code,
        "unit": goods.unit,
        "qty": plain(line.quantity),
        "price": money(line.price),
        "totalPrice": money(line.total),
        "currency": CNY,
        "country": goods.country,
    }


def payment(sale: Sale, app_type: str = "1") -> Document:
    """The payment firm's payment (CEB411)."""
    payer, at = sale.payer or sale.buyer, sale.ordered + PAYMENT
    head = {
        **_opening(sale, "payment", at, app_type),
        **_named("pay", "C"),
        "payTransactionId": sale.transaction,
        "orderNo": sale.order_no,
        **_named("ebp", "A"),
        "payerIdType": "1",
        "payerIdNumber": payer.id_number,
        "payerName": payer.name,
        "telephone": payer.telephone,
        "amountPaid": money(sale.actural_paid if sale.paid is None else sale.paid),
        "currency": CNY,
        "payTime": stamp(at),
    }
    return Document(head)


def waybill(sale: Sale, app_type: str = "1") -> Document:
    """The logistics firm's waybill (CEB511)."""
    head = {
        **_opening(sale, "waybill", sale.ordered + WAYBILL, app_type),
        **_named("logistics", "D"),
        "logisticsNo": sale.waybill_no,
        "orderNo": sale.order_no,
        "freight": money(sale.freight),
        "insuredFee": money(sale.insurance),
        "currency": CNY,
        "weight": plain(sale.net + PACKAGING),
        "packNo": "1",
        "goodsInfo": "、".join(line.goods.name for line in sale.lines),
        "consignee": sale.buyer.name,
        "consigneeAddress": sale.address,
        "consigneeTelephone": sale.buyer.telephone,
    }
    if sale.mode == DIRECT:
        head["billNo"] = _air_waybill(sale)
    return Document(head)


def _air_waybill(sale: Sale) -> str:
    return DEFAULTS["air_waybill"].format(number=f"{sale.ordered:%d}")


def _mode(sale: Sale) -> dict[str, str]:
    """What direct purchase and bonded import each demand."""
    if sale.mode != DIRECT:
        return {
            "emsNo": DEFAULTS["ems_no"], **_named("area", "E"),
            "trafMode": "Y", "country": CHINA, "portCode": DEFAULTS["customs_code"],
        }  # fmt: skip
    return {
        "trafMode": "5", "trafNo": "DEMO737", "voyageNo": f"DM{sale.ordered:%m%d}",
        "billNo": _air_waybill(sale), "loctNo": DEFAULTS["site"],
        "country": sale.lines[0].goods.country, "portCode": "0207", "ieDate": f"{sale.ordered:%Y%m%d}",
    }  # fmt: skip


def inventory(sale: Sale, app_type: str = "1") -> Document:
    """The declarant's inventory list (CEB621)."""
    at = sale.ordered + LIST
    head = {
        **_opening(sale, "inventory", at, app_type),
        "orderNo": sale.order_no,
        **_named("ebp", "A"),
        **_named("ebc", "B"),
        "logisticsNo": sale.waybill_no,
        **_named("logistics", "D"),
        "copNo": sale.cop_no,
        "assureCode": COMPANIES["B"].customs_code,
        "ieFlag": "I",
        "declTime": f"{at:%Y%m%d}",
        "customsCode": DEFAULTS["customs_code"],
        "buyerIdType": "1",
        "buyerIdNumber": sale.buyer.id_number,
        "buyerName": sale.buyer.name,
        "buyerTelephone": sale.buyer.telephone,
        "consigneeAddress": sale.address,
        **_named("agent", "G"),
        "tradeMode": sale.mode,
        **_mode(sale),
        "freight": money(sale.freight),
        "insuredFee": money(sale.insurance),
        "currency": CNY,
        "wrapType": "2",
        "packNo": "1",
        "grossWeight": plain(sale.net + PACKAGING),
        "netWeight": plain(sale.net),
    }
    if sale.note:
        head["note"] = sale.note
    return Document(head, [_list_line(sale, number, line) for number, line in enumerate(sale.lines, 1)])


def _list_line(sale: Sale, number: int, line: Line) -> dict[str, str]:
    goods = line.goods
    values = {
        "gnum": str(number),
        "itemNo": goods.sku,
        "itemName": goods.name,
        "gcode": goods.hs,
        "gname": goods.name,
        "gmodel": goods.gmodel,
        "barCode": goods.bar_code,
        "country": goods.country,
        "tradeCountry": goods.country,
        "currency": CNY,
        "qty": plain(line.quantity),
        "unit": goods.unit,
        "qty1": plain(line.quantity * goods.per1),
        "unit1": goods.unit1,
        "price": money(line.price),
        "totalPrice": money(line.total),
    }
    if sale.mode != DIRECT:
        values["itemRecordNo"] = goods.sku.removeprefix("IM")
    if goods.per2 is not None:
        values |= {"qty2": plain(line.quantity * goods.per2), "unit2": goods.unit2}
    return values

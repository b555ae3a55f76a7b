"""What is known already: the firms' records, the last list, an order received, its waybill, the goods on file.

An order's people are the declarant's to read when it may declare for the order's e-commerce firm: its own, or one
that gave it a mandate for the service.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Company
from accounts.personal import unseal_fields
from customs.models import (
    DocumentState,
    ExportList,
    ExportOrder,
    ExportOrderLine,
    Inventory,
    Order,
    OrderLine,
    Waybill,
)
from customs.onelist.sheet import Sheet
from customs.onelist.typed import Goods, Values, code_of, plain
from filing.models import GoodsFiling, Register
from filing.selectors import FiledGood, GoodsFilter, current_goods, goods_by_item, registration

OFFERED = 1000
AnyOrder = Order | ExportOrder
_LISTS: Mapping[str, type[Inventory] | type[ExportList]] = {"CEB621": Inventory, "CEB603": ExportList}
_ORDERS: Mapping[str, type[Order] | type[ExportOrder]] = {"CEB621": Order, "CEB603": ExportOrder}
# What stays the same from one list of a firm to the next.
_AGAIN = {
    "CEB621": ("ebp_code", "ebp_name", "logistics_code", "logistics_name", "assure_code", "ems_no", "customs_code",
               "port_code", "area_code", "area_name", "trade_mode", "traf_mode", "country"),
    "CEB603": ("ebp_code", "ebp_name", "owner_code", "owner_name", "logistics_code", "logistics_name", "customs_code",
               "port_code", "statistics_flag", "trade_mode", "traf_mode", "country", "f_currency"),
}  # fmt: skip


def _camel(column: str) -> str:
    first, *rest = column.split("_")
    return first + "".join(part.capitalize() for part in rest)


def firms(agent: Company, acting_for: frozenset[int]) -> list[Company]:
    """For whom the declarant may declare: itself first, then those whose mandate it holds."""
    rows = Company.objects.filter(pk__in=acting_for)
    return sorted(rows, key=lambda row: (row.pk != agent.pk, row.name))


def begun(sheet: Sheet, firm: Company, agent: Company) -> Values:
    """Head of an empty form: the firm, its last list by this declarant, today."""
    head = _again(sheet, firm, agent) | {
        "ebcCode": registered_code(firm),
        "ebcName": firm.name,
        "packNo": "1",
    }
    today = timezone.localdate()
    if sheet.type == "CEB621":
        head.setdefault("assureCode", head["ebcCode"])
        head |= {"declTime": today.isoformat(), "freight": "0", "insuredFee": "0"}
    else:
        head.setdefault("ownerCode", head["ebcCode"])
        head.setdefault("ownerName", firm.name)
        head |= {"ieDate": today.isoformat(), "insuredFee": "0", "iCurrency": head.get("fCurrency", "")}
    return {name: text for name, text in head.items() if sheet.is_asked(name) and text}


def registered_code(company: Company) -> str:
    """Its customs code; where the record has none, the number in customs' register (R13.08)."""
    if company.customs_code:
        return company.customs_code
    record = registration(company).records.get(Register.CUSTOMS)
    return record.number if record and len(record.number) == len("1207000001") else code_of(company)


def _again(sheet: Sheet, firm: Company, agent: Company) -> Values:
    rows = _LISTS[sheet.type].objects.filter(ebc_code__in=firm.codes, agent_code__in=agent.codes)
    last = rows.exclude(state=DocumentState.SUPERSEDED).order_by("-pk").first()
    return {_camel(name): getattr(last, name) for name in _AGAIN[sheet.type]} if last else {}


def goods_on_file(firm_id: int) -> list[GoodsFiling]:
    """The firm's goods in force, for choosing by number or name."""
    rows = GoodsFiling.objects.filter(company_id=firm_id)
    return list(current_goods(rows, GoodsFilter())[:OFFERED])


def goods_of(firm: Company | None, lines: tuple[Values, ...]) -> Goods:
    """The filed goods that the lines name."""
    if firm is None:
        return {}
    return goods_by_item(firm, {line.get("itemNo", "") for line in lines} - {""}, timezone.localdate())


def with_good(sheet: Sheet, line: Values, good: FiledGood) -> Values:
    """The line with what is on file of its goods; quantity and price stay."""
    known = {
        "itemNo": good.item_no,
        "itemName": good.name_zh,
        "gcode": good.hs10,
        "gname": good.name_zh,
        "gmodel": good.specification,
        "unit": good.unit,
        "unit1": good.unit1,
        "unit2": good.unit2,
        "qty1": "",
        "qty2": "",
        "price": line.get("price") or (plain(good.price) if good.price is not None else ""),
    }
    if sheet.type == "CEB621":
        known["country"] = good.origin
    return line | {name: text for name, text in known.items() if sheet.is_asked(name, line=True)}


# --- orders ------------------------------------------------------------------------------------------------


def orders_of(sheet: Sheet, firms_: list[Company], number: str = "") -> QuerySet[Any]:
    """Orders of these firms that no list declares yet, newest first."""
    codes = sorted({code for firm in firms_ for code in firm.codes})
    rows: QuerySet[Any] = _ORDERS[sheet.type].objects.filter(ebc_code__in=codes)
    rows = rows.exclude(state=DocumentState.SUPERSEDED)
    listed = _LISTS[sheet.type].objects.exclude(state=DocumentState.SUPERSEDED).filter(ebc_code__in=codes)
    rows = rows.exclude(order_no__in=listed.values("order_no"))
    return (rows.filter(order_no__icontains=number) if number else rows).order_by("-pk")


def from_order(sheet: Sheet, order: AnyOrder, firm: Company) -> tuple[Values, tuple[Values, ...]]:
    """Head and lines as the order, its waybill and the goods on file give them."""
    if isinstance(order, Order):
        head, lines = _import_head(order), [_import_line(one) for one in order.lines.order_by("gnum")]
    else:
        head, lines = _export_head(order), [_export_line(one) for one in order.lines.order_by("gnum")]
    held = goods_of(firm, tuple(lines))
    filled = tuple(
        with_good(sheet, line, good) | {k: v for k, v in line.items() if v}
        if (good := held.get(line["itemNo"]))
        else line
        for line in lines
    )
    return {name: text for name, text in head.items() if sheet.is_asked(name)}, filled


def _of_order(order: AnyOrder) -> Values:
    return {"orderNo": order.order_no, "ebpCode": order.ebp_code, "ebpName": order.ebp_name,
            "ebcCode": order.ebc_code, "ebcName": order.ebc_name, "freight": plain(order.freight)}  # fmt: skip


def _import_head(order: Order) -> Values:
    people = unseal_fields(order.personal, context=str(order.pk)) if order.personal else {}
    head = _of_order(order) | {"insuredFee": "0"}
    head |= {name: people.get(name, "") for name in ("buyerName", "buyerIdNumber", "buyerTelephone")}
    head["consigneeAddress"] = people.get("consigneeAddress", "")
    found = Waybill.objects.filter(order_no=order.order_no).exclude(state=DocumentState.SUPERSEDED)
    waybill = found.order_by("-pk").first()
    return head | (_from_waybill(waybill, order) if waybill else {})


def _from_waybill(waybill: Waybill, order: Order) -> Values:
    head = {
        "logisticsCode": waybill.logistics_code,
        "logisticsName": waybill.logistics_name,
        "logisticsNo": waybill.logistics_no,
        "billNo": waybill.bill_no,
        "grossWeight": plain(waybill.weight),
        "packNo": str(waybill.pack_no),
    }
    freight, insured = waybill.freight or Decimal(0), waybill.insured_fee or Decimal(0)
    # The order has one sum for both (R13.05); the waybill says how it is made up.
    if freight + insured == order.freight:
        head |= {"freight": plain(freight), "insuredFee": plain(insured)}
    return head


def _import_line(one: OrderLine) -> Values:
    return {
        "itemNo": one.item_no[:20],
        "itemName": one.item_name,
        "gname": one.item_name,
        "gmodel": one.gmodel,
        "barCode": one.bar_code,
        "country": one.country,
        "unit": one.unit.strip(),
        "qty": plain(one.qty),
        "price": plain(one.price),
        "totalPrice": plain(one.total_price),
    }


def _export_head(order: ExportOrder) -> Values:
    return _of_order(order) | {"fCurrency": order.currency, "iCurrency": order.currency, "insuredFee": "0"}


def _export_line(one: ExportOrderLine) -> Values:
    return {
        "itemNo": one.item_no[:20],
        "itemName": one.item_name,
        "gname": one.item_name,
        "barCode": one.bar_code,
        "currency": one.currency,
        "unit": one.unit.strip(),
        "qty": plain(one.qty),
        "price": plain(one.price),
        "totalPrice": plain(one.total_price),
    }

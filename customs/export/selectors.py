"""What other desks ask of export: closed and released lines of a month, orders by their numbers.

A line counts in the month in which customs closed its list (899), whatever day it was released (R13.06).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Min, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone

from accounts.models import Company
from accounts.selectors import companies_by_codes
from customs.export.currencies import letters
from customs.models import DocumentState, ExportList, ExportListLine, ExportOrderLine, ExportReturn
from customs.models import ExportOrder as OrderRow
from submissions.reading import once

STATISTICS_MODES = frozenset({"9610", "1210", "9710", "9810"})
SIMPLIFIED = "A"
REST = "000000"  # after the four digits of a simplified declaration


@dataclass(frozen=True, slots=True)
class ClosedLine:
    """One line of an export list. Goods, unit, quantity and money are those on record here (the order's).

    `closed_on` None: released, not closed yet. `unit` may be empty: the record lacks it; `declared_unit` and
    `declared_amount` are the list's. `returned_on`: the first day on which goods of the line came back,
    `returned_quantity` how many in all. `hs`: four digits where only those were declared. `amount` in `currency`
    (three letters).
    """

    list_id: UUID
    list_no: str
    export_date: date
    closed_on: date | None
    released_on: date | None
    gnum: int
    item_no: str
    goods_name: str
    hs: str
    unit: str
    declared_unit: str
    quantity: Decimal
    unit_price: Decimal
    amount: Decimal
    declared_amount: Decimal
    currency: str
    statistics_flag: str
    customs_office: str
    trade_mode: str
    order_no: str
    returned_on: date | None
    ebc_id: int | None
    producer_id: int | None
    returned_quantity: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class ExportOrder:
    """An order with its list, if there is one. `in_statistics`: it was declared to customs."""

    order_no: str
    goods_value: Decimal
    freight: Decimal
    currency: str
    list_no: str
    state: str
    export_date: date | None
    in_statistics: bool


@once
def closed_lines(company: Company, month: date) -> list[ClosedLine]:
    """Lines of the firm's lists that customs closed in the month of that day, by list number and line."""
    return _lines(closed_in(_of(company), month))


def closed_in(lists: QuerySet[ExportList], month: date) -> QuerySet[ExportList]:
    """Those that customs closed in the month of that day."""
    start, end = _month(month)
    return lists.filter(closed_at__gte=_moment(start), closed_at__lt=_moment(end))


@once
def released_lines(company: Company, month: date) -> list[ClosedLine]:
    """Lines with an export date in the month whose list is released but was not closed in it."""
    start, end = _month(month)
    dated = _of(company).filter(ie_date__gte=f"{start:%Y%m%d}", ie_date__lt=f"{end:%Y%m%d}")
    open_ = Q(closed_at__isnull=True) | Q(closed_at__gte=_moment(end))
    return _lines(dated.filter(open_, released_at__isnull=False))


def candidate_lines(company: Company, month: date) -> list[ClosedLine]:
    """Both, by list number and line: what a desk looks at for the month and excludes with its reason."""
    found = [*closed_lines(company, month), *released_lines(company, month)]
    return sorted(found, key=lambda line: (line.list_no[-9:], line.gnum))


def months_closed(
    companies: Collection[Company], modes: Collection[str], since: date
) -> set[tuple[int, date]]:
    """(company's id, first day of the month): where customs closed lists of these modes that are no summary (A)."""
    owner = {code: company.pk for company in companies for code in company.codes}
    rows = ExportList.objects.filter(ebc_code__in=owner, trade_mode__in=modes, statistics_flag=SIMPLIFIED)
    rows = rows.exclude(state=DocumentState.SUPERSEDED).filter(closed_at__gte=_moment(since))
    found = rows.annotate(month=TruncMonth("closed_at")).values_list("ebc_code", "month").distinct()
    return {(owner[code], timezone.localdate(month).replace(day=1)) for code, month in found.order_by()}


def orders(order_nos: Collection[str], company: Company) -> dict[str, ExportOrder]:
    """The firm's orders of these numbers; unknown ones are not in the answer."""
    rows = OrderRow.objects.filter(order_no__in=order_nos, ebc_code__in=company.codes)
    rows = rows.exclude(state=DocumentState.SUPERSEDED)
    lists = {one.order_no: one for one in _of(company).filter(order_no__in=order_nos)}
    return {row.order_no: _order(row, lists.get(row.order_no)) for row in rows}


def list_by_number(number: str) -> tuple[Company, ExportList] | None:
    """The export list of that number with its e-commerce firm, when that firm is known here."""
    rows = ExportList.objects.filter(invt_no=number).exclude(state=DocumentState.SUPERSEDED)
    one = rows.defer("personal", "findings").order_by("-pk").first() if number else None
    company = companies_by_codes([one.ebc_code]).get(one.ebc_code) if one else None
    return (company, one) if one is not None and company is not None else None


def _order(row: OrderRow, one: ExportList | None) -> ExportOrder:
    declared = one is not None and one.released_at is not None and one.trade_mode in STATISTICS_MODES
    return ExportOrder(
        order_no=row.order_no,
        goods_value=row.goods_value,
        freight=row.freight,
        currency=letters(row.currency),
        list_no=one.invt_no if one else "",
        state=one.state if one else "",
        export_date=_day(one.ie_date) if one else None,
        in_statistics=declared,
    )


def _of(company: Company) -> QuerySet[ExportList]:
    return ExportList.objects.filter(ebc_code__in=company.codes).exclude(state=DocumentState.SUPERSEDED)


def _lines(lists: QuerySet[ExportList]) -> list[ClosedLine]:
    by_id = {one.pk: one for one in lists.defer("personal", "findings")}
    if not by_id:
        return []
    companies = companies_by_codes(
        {code for one in by_id.values() for code in (one.ebc_code, one.owner_code)}
    )
    records = {
        (row.order_id, row.gnum): row
        for row in ExportOrderLine.objects.filter(
            order_id__in=[one.order_document for one in by_id.values() if one.order_document]
        )
    }
    returned = _returned(by_id)
    declared = ExportListLine.objects.filter(export_list_id__in=by_id)
    found = []
    for line in declared:
        one = by_id[line.export_list_id]
        record = records.get((one.order_document, line.gnum)) if one.order_document else None
        ebc, owner = companies.get(one.ebc_code), companies.get(one.owner_code)
        found.append(
            _line(
                one,
                line,
                record,
                (ebc.pk if ebc else None, owner.pk if owner else None),
                returned.get((one.pk, line.gnum), (None, Decimal(0))),
            )
        )
    return sorted(found, key=lambda line: (line.list_no[-9:], line.gnum))


def _returned(list_ids: Collection[UUID]) -> dict[tuple[UUID, int], tuple[date | None, Decimal]]:
    """(list, line) → the first day on which something of it came back, and how much in all."""
    rows = ExportReturn.objects.filter(export_list_id__in=list_ids)
    sums = rows.values("export_list_id", "gnum").annotate(first=Min("returned_on"), total=Sum("quantity"))
    return {(row["export_list_id"], row["gnum"]): (row["first"], row["total"]) for row in sums}


def _line(
    one: ExportList,
    line: ExportListLine,
    record: ExportOrderLine | None,
    parties: tuple[int | None, int | None],
    returned: tuple[date | None, Decimal],
) -> ClosedLine:
    return ClosedLine(
        list_id=one.pk,
        list_no=one.invt_no,
        export_date=_day(one.ie_date),
        closed_on=_local(one.closed_at),
        released_on=_local(one.released_at),
        gnum=line.gnum,
        item_no=line.item_no,
        goods_name=record.item_name if record else "",
        hs=declared_hs(line.gcode, one.statistics_flag),
        unit=record.unit.strip() if record else "",
        declared_unit=line.unit,
        quantity=record.qty if record else line.qty,
        unit_price=record.price if record else line.price,
        amount=record.total_price if record else line.total_price,
        declared_amount=line.total_price,
        currency=letters(line.currency),
        statistics_flag=one.statistics_flag,
        customs_office=one.customs_code,
        trade_mode=one.trade_mode,
        order_no=one.order_no,
        returned_on=returned[0],
        returned_quantity=returned[1],
        ebc_id=parties[0],
        producer_id=parties[1],
    )


def declared_hs(gcode: str, flag: str) -> str:
    """The code as declared: a simplified declaration gives four digits and fills up with zeros (R2.04)."""
    return gcode.removesuffix(REST) if flag == SIMPLIFIED else gcode


def _month(day: date) -> tuple[date, date]:
    start = day.replace(day=1)
    return start, date(start.year + start.month // 12, start.month % 12 + 1, 1)


def _moment(day: date) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day))  # noqa: DTZ001 - made aware here


def _local(moment: datetime | None) -> date | None:
    return timezone.localdate(moment) if moment else None


def _day(digits: str) -> date:
    return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))

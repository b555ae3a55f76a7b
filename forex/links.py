"""What the export desk and the registration desk know, as this room asks for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from accounts.models import Company
from customs.export import selectors
from filing.models import Register
from filing.selectors import registration
from forex.orders import ExportRow, KnownOrder, ListFound


def orders(order_nos: Iterable[str], company: Company) -> Mapping[str, KnownOrder]:
    """The company's own orders of these numbers."""
    return {
        number: KnownOrder(
            order_no=number,
            goods=one.goods_value,
            currency=one.currency,
            list_no=one.list_no,
            state=one.state,
            export_date=one.export_date,
            in_statistics=one.in_statistics,
        )
        for number, one in selectors.orders(list(order_nos), company).items()
    }


def export_list(number: str) -> ListFound | None:
    """The export list of that number: whose it is, whether customs closed it, and the order it declares."""
    found = selectors.list_by_number(number)
    if found is None:
        return None
    company, one = found
    return ListFound(company, closed=one.state == "closed", order_no=one.order_no)


def in_directory(company: Company, on: date) -> bool:
    """Whether its bank has entered it in the FX directory by that day."""
    return registration(company, on).holds(Register.FX_DIRECTORY)


def exports(company: Company, since: date, until: date) -> list[ExportRow]:
    """Closed lists by export date. A list is closed in the month it is exported in, or a later one."""
    lines: defaultdict[tuple[str, date, str], list[selectors.ClosedLine]] = defaultdict(list)
    for month in _months(since, until + timedelta(days=62)):
        for line in selectors.closed_lines(company, month):
            if since <= line.export_date <= until:
                lines[line.list_no, line.export_date, line.currency].append(line)
    return [
        ExportRow(number, day, sum((one.amount for one in found), start=found[0].amount * 0), currency)
        for (number, day, currency), found in sorted(lines.items())
    ]


def _months(since: date, until: date) -> Iterable[date]:
    month = since.replace(day=1)
    while month <= until:
        yield month
        month = (month + timedelta(days=32)).replace(day=1)

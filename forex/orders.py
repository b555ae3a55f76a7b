"""Orders as the export desk knows them: one door, so that this room works before and without it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounts.models import Company


@dataclass(frozen=True, slots=True)
class KnownOrder:
    """One export order. `in_statistics`: its list is in customs statistics; `currency` alpha-3."""

    order_no: str
    goods: Decimal
    currency: str
    list_no: str = ""
    state: str = ""
    export_date: date | None = None
    in_statistics: bool = False


Lookup = Callable[[Iterable[str], Company], Mapping[str, KnownOrder]]


def _none(order_nos: Iterable[str], company: Company) -> Mapping[str, KnownOrder]:
    return {}


_lookup: Lookup = _none


def use(lookup: Lookup) -> None:
    """Who knows the orders."""
    global _lookup  # noqa: PLW0603 - one registry of this room
    _lookup = lookup


def known(order_nos: Iterable[str], company: Company) -> Mapping[str, KnownOrder]:
    """Order number → what is known of it; unknown orders are not in the answer."""
    return _lookup(order_nos, company)


@dataclass(frozen=True, slots=True)
class ListFound:
    """An export list: whose it is, whether customs has closed it (899), and the order it declares."""

    company: Company
    closed: bool
    order_no: str = ""


ListLookup = Callable[[str], ListFound | None]


def _no_list(number: str) -> ListFound | None:
    return None


_list_lookup: ListLookup = _no_list


def use_lists(lookup: ListLookup) -> None:
    """Who knows the export lists by their number."""
    global _list_lookup  # noqa: PLW0603 - one registry of this room
    _list_lookup = lookup


def export_list(number: str) -> ListFound | None:
    """The export list of that number; None when nobody knows it."""
    return _list_lookup(number)


@dataclass(frozen=True, slots=True)
class ExportRow:
    """What customs counts of one export list: its goods in a currency, by export date."""

    list_no: str
    export_date: date
    amount: Decimal
    currency: str


ExportsLookup = Callable[[Company, date, date], list[ExportRow]]


def _no_exports(company: Company, since: date, until: date) -> list[ExportRow]:
    return []


_exports_lookup: ExportsLookup = _no_exports


def use_exports(lookup: ExportsLookup) -> None:
    """Who knows what a company exported."""
    global _exports_lookup  # noqa: PLW0603 - one registry of this room
    _exports_lookup = lookup


def exports(company: Company, since: date, until: date) -> list[ExportRow]:
    """The company's closed export lists with an export date in that time, both days included."""
    return _exports_lookup(company, since, until)

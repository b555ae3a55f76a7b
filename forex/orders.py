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

"""Reads of this room that other rooms share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

from accounts.models import Company
from accounts.permissions import Permission
from filing.models import GoodsFiling
from filing.models.goods import GoodsFilingQuerySet
from filing.registrations import Registration, registration

if TYPE_CHECKING:
    from accounts.principals import Principal

__all__ = [
    "FiledGood",
    "GoodsFilter",
    "Registration",
    "current_goods",
    "goods",
    "goods_by_item",
    "goods_visible_to",
    "registration",
]

# Offices that compare goods with their lists: customs the declared line, tax the refund list, commerce the catalogue.
GOODS_READERS = frozenset({"customs", "tax", "commerce"})
GOODS_KIND = "goods-filing"


@dataclass(frozen=True, slots=True)
class FiledGood:
    """A good as it was on file on a day. Factors: statutory units in one unit sold."""

    item_no: str
    version: int
    valid_from: date
    hs10: str
    name_zh: str
    name_en: str
    specification: str
    unit: str
    unit1: str
    factor1: Decimal
    unit2: str
    factor2: Decimal | None
    origin: str
    brand: str
    price: Decimal | None
    currency: str
    trade_modes: tuple[str, ...]
    refund_note: str

    @property
    def name(self) -> str:
        """The name customs knows it by."""
        return self.name_zh


def goods_by_item(company: Company, item_nos: Iterable[str], on: date) -> dict[str, FiledGood]:
    """Item number → the version that held on that day, in one query; what is not on file is not in the answer."""
    rows = GoodsFiling.objects.filter(company=company, item_no__in=set(item_nos)).in_force(on)
    return {row.item_no: _filed(row) for row in rows}


def goods(company: Company, item_no: str, on: date) -> FiledGood | None:
    """The good under that item number as it held on that day."""
    return goods_by_item(company, [item_no], on).get(item_no)


def _filed(row: GoodsFiling) -> FiledGood:
    names = FiledGood.__dataclass_fields__
    values = {name: getattr(row, name) for name in names if name != "trade_modes"}
    return FiledGood(**values, trade_modes=tuple(row.trade_modes))


def goods_visible_to(principal: Principal) -> GoodsFilingQuerySet:
    """All versions of the goods a reader may see: its companies', or all for an office that compares goods."""
    if not principal.may(Permission.FILING_READ):
        return GoodsFiling.objects.none()
    if principal.agency is not None:
        reads = principal.agency.code in GOODS_READERS
        return GoodsFiling.objects.all() if reads else GoodsFiling.objects.none()
    return GoodsFiling.objects.filter(company_id__in=principal.acting_for(GOODS_KIND))


@dataclass(frozen=True, slots=True)
class GoodsFilter:
    """What one looks for among goods."""

    text: str = ""
    hs: str = ""
    mode: str = ""
    company: str = ""


def current_goods(
    rows: GoodsFilingQuerySet, asked: GoodsFilter, on: date | None = None
) -> GoodsFilingQuerySet:
    """Of every good the version in force that fits, newest first; keys are time-ordered."""
    held = rows.in_force(on or timezone.localdate()).values("pk")
    found = GoodsFiling.objects.filter(pk__in=held)
    if asked.text:
        named = Q(name_zh__icontains=asked.text) | Q(name_en__icontains=asked.text)
        found = found.filter(named | Q(item_no__icontains=asked.text) | Q(brand__icontains=asked.text))
    if asked.hs:
        found = found.filter(hs10__startswith=asked.hs)
    if asked.mode:
        found = found.filter(trade_modes__contains=[asked.mode])
    if asked.company:
        code = asked.company.upper()
        found = found.filter(
            Q(company__uscc=code) | Q(company__customs_code=code) | Q(company__name__icontains=asked.company)
        )
    return found.select_related("company").order_by("-pk")

"""Who and what the story is about: companies, buyers, goods and orders of `story.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from importlib.resources import files
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True, slots=True)
class DemoCompany:
    """An invented firm; `roles` are those of `accounts.models.CompanyRole`."""

    key: str
    name: str
    name_en: str
    uscc: str
    customs_code: str
    dxp_id: str
    roles: tuple[str, ...]
    in_pilot_zone: bool = False


@dataclass(frozen=True, slots=True)
class Buyer:
    """An invented person; `used`: CNY of the yearly limit before the story."""

    key: str
    name: str
    id_number: str
    telephone: str
    used: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Goods:
    """One kind of goods; `per1`, `per2`: statutory quantities of one piece; `net`: kg of one piece."""

    sku: str
    name: str
    gmodel: str
    hs: str
    unit: str
    unit1: str
    per1: Decimal
    net: Decimal
    country: str
    bar_code: str
    vat: Decimal
    unit2: str = ""
    per2: Decimal | None = None


@dataclass(frozen=True, slots=True)
class StoryOrder:
    """One order of the story; amounts in CNY. `paid`: what the first payment says where it is wrong."""

    key: str
    mode: str
    day: date
    buyer: str
    payer: str
    lines: tuple[tuple[str, Decimal, Decimal], ...]  # SKU, quantity, price
    tax: Decimal
    actural_paid: Decimal
    freight: Decimal = Decimal(0)
    discount: Decimal = Decimal(0)
    paid: Decimal | None = None
    note: str = ""


def _decimals(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return row | {name: Decimal(row[name]) for name in names if name in row}


def _line(text: str) -> tuple[str, Decimal, Decimal]:
    sku, rest = text.split("×")
    quantity, price = rest.split("@")
    return sku, Decimal(quantity), Decimal(price)


def _order(row: dict[str, Any]) -> StoryOrder:
    row = _decimals(row, "tax", "actural_paid", "freight", "discount", "paid")
    row["lines"] = tuple(_line(text) for text in row["lines"])
    row["day"] = row.pop("date")
    return StoryOrder(**({"payer": row["buyer"]} | row))


_DATA = tomllib.loads(files("customs.demo").joinpath("story.toml").read_text("utf-8"))

DEFAULTS: Mapping[str, str] = MappingProxyType(_DATA["defaults"])
COMPANIES: Mapping[str, DemoCompany] = MappingProxyType(
    {row["key"]: DemoCompany(**(row | {"roles": tuple(row["roles"])})) for row in _DATA["company"]}
)
BUYERS: Mapping[str, Buyer] = MappingProxyType(
    {row["key"]: Buyer(**_decimals(row, "used")) for row in _DATA["buyer"]}
)
GOODS: Mapping[str, Goods] = MappingProxyType(
    {row["sku"]: Goods(**_decimals(row, "per1", "per2", "net", "vat")) for row in _DATA["goods"]}
)
ORDERS: Mapping[str, StoryOrder] = MappingProxyType({row["key"]: _order(row) for row in _DATA["order"]})

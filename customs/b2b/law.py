"""The dated rules of a day, read from the parameters: each with its source and how sure it is."""

from __future__ import annotations

from datetime import date
from typing import Any

from customs.b2b.relief import Clocks
from customs.b2b.rules import DIRECT, WAREHOUSE, Law, Source
from reference.parameters import ParameterMissing, Setting
from reference.selectors import setting

RETAIL_AND_WAREHOUSE = ("9610", "1210", WAREHOUSE)
# Conditions that are the wording of an announcement, not a parameter.
_GACC_75 = Source("海关总署公告2020年第75号", "firm")
_GACC_47 = Source("海关总署公告2021年第47号", "firm")
FIXED = {
    "abroad": _GACC_75,
    "platform": _GACC_75,
    "order": _GACC_75,
    "business": _GACC_75,
    "booking": _GACC_75,
    "warehouse": _GACC_75,
    "registered": _GACC_47,
}
PARAMETERS = {
    "offered": "b2b_offered",
    "logistics": "b2b_logistics_needed",
    "payment": "b2b_payment_needed",
    "filing": "b2b_warehouse_filing",
}


def held(key: str, on: date) -> Setting[Any] | None:
    """A parameter on a day; None before it began."""
    try:
        return setting(key, on)
    except ParameterMissing:
        return None


def law_of(on: date) -> Law:
    """What the classification of a declaration of that day is judged by."""
    found = {rule: held(key, on) for rule, key in PARAMETERS.items()}
    sources = FIXED | {rule: _source(one) for rule, one in found.items() if one is not None}
    values = {rule: bool(one.value) if one else False for rule, one in found.items()}
    return Law(
        offered=values["offered"],
        logistics_needed=values["logistics"],
        payment_needed=values["payment"],
        warehouse_filing=values["filing"],
        sources=sources,
    )


def _source(one: Setting[Any]) -> Source:
    return Source(one.source, one.standing, one.note_zh, one.note_en)


def source_of(key: str, on: date) -> Source | None:
    """Where a parameter of that day stands, and how sure that is; None before it began."""
    found = held(key, on)
    return _source(found) if found else None


def clocks_of(exported_on: date, declared_on: date) -> Clocks:
    """The limits for goods that come back: relief by the day they were declared for export."""
    months, relief = held("b2b_return_months", exported_on), held("return_relief_months", declared_on)
    direct = held("b2b_return_9710", exported_on)
    modes = (*RETAIL_AND_WAREHOUSE, DIRECT) if direct and direct.value else RETAIL_AND_WAREHOUSE
    return Clocks(
        return_months=int(months.value) if months else 0,
        relief_months=int(relief.value) if relief else 0,
        modes=modes,
    )

"""Reads of reference data that other rooms share.

Codes and parameters are cached in the process for a minute and forgotten when this process loads data:
another process sees a load at most `CACHE_SECONDS` later. An empty answer is never cached.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple, cast

from django.utils import timezone
from django.utils.translation import get_language

from reference.models import CalendarDay, Code, ExchangeRate, Parameter, TariffLine
from reference.parameters import (
    ParameterRow,
    Parameters,
    Setting,
    Standing,
    in_force,
    setting_in_force,
)

CACHE_SECONDS = 60.0
CACHE_SIZE = 200  # Days come from outside (quotes): the cache must not grow with them.
_cache: dict[object, tuple[float, Any]] = {}


class Name(NamedTuple):
    """A code's name in both languages."""

    zh: str
    en: str

    def __str__(self) -> str:
        chinese = (get_language() or "zh").startswith("zh")
        return self.zh if chinese or not self.en else self.en


def forget() -> None:
    """Drop what this process has cached."""
    _cache.clear()


def _cached(key: object, load: Callable[[], Any]) -> Any:
    held = _cache.get(key)
    if held is not None and held[0] > time.monotonic():
        return held[1]
    value = load()
    if value:
        if len(_cache) >= CACHE_SIZE:
            _cache.clear()
        _cache[key] = (time.monotonic() + CACHE_SECONDS, value)
    return value


def _names(on: date) -> Mapping[str, Mapping[str, Name]]:
    def load() -> Mapping[str, Mapping[str, Name]]:
        tables: dict[str, dict[str, Name]] = {}
        rows = Code.objects.in_force(on, "table", "code")
        for table, code, zh, en, withdrawn in rows.values_list(
            "table", "code", "name_zh", "name_en", "withdrawn"
        ):
            if not withdrawn:
                tables.setdefault(table, {})[code] = Name(zh, en)
        return MappingProxyType(tables)

    return cast(Mapping[str, Mapping[str, Name]], _cached(("names", on), load))


def code_sets(on: date | None = None) -> Mapping[str, frozenset[str]]:
    """Table → the codes valid on the day (today by default). A table that is not loaded is not there."""
    day = on or timezone.localdate()

    def load() -> Mapping[str, frozenset[str]]:
        return MappingProxyType({table: frozenset(codes) for table, codes in _names(day).items()})

    return cast(Mapping[str, frozenset[str]], _cached(("codes", day), load))


def code_name(table: str, code: str, on: date | None = None) -> str:
    """The code's name in the active language; empty when the code is not valid on the day."""
    name = _names(on or timezone.localdate()).get(table, {}).get(code)
    return str(name) if name else ""


def code_names(table: str, on: date | None = None) -> Mapping[str, str]:
    """Code → name in the active language, for choices."""
    names = _names(on or timezone.localdate()).get(table, {})
    return {code: str(name) for code, name in sorted(names.items())}


def tariff(hs_codes: Iterable[str], on: date) -> dict[str, TariffLine]:
    """Ten-digit HS code → its line on the day, in one query; unknown codes are not in the answer."""
    wanted = set(hs_codes)
    return {line.hs10: line for line in TariffLine.objects.filter(hs10__in=wanted).in_force(on, "hs10")}


def _parameter_rows() -> list[ParameterRow]:
    def load() -> list[ParameterRow]:
        return [
            ParameterRow(
                key=row.key,
                valid_from=row.valid_from,
                value=row.value,
                unit=row.unit,
                source=row.source,
                standing=cast(Standing, row.standing),
                note_zh=row.note_zh,
                note_en=row.note_en,
            )
            for row in Parameter.objects.all()
        ]

    return cast(list[ParameterRow], _cached("parameters", load))


def parameters(on: date) -> Parameters:
    """The import tax parameters of the day; `ParameterMissing` when a rule did not exist yet or nothing is loaded."""
    rows = _parameter_rows()
    return cast(Parameters, _cached(("parameters", on), lambda: in_force(rows, on)))


def setting(key: str, on: date) -> Setting[Any]:
    """One parameter of any desk on a day; `ParameterMissing` when it did not hold yet."""
    rows = _parameter_rows()
    return cast("Setting[Any]", _cached(("setting", key, on), lambda: setting_in_force(rows, key, on)))


def calendar_days() -> Mapping[date, str]:
    """Day → "holiday" or "working", for days that are not what their weekday says."""

    def load() -> Mapping[date, str]:
        return MappingProxyType(dict(CalendarDay.objects.values_list("day", "kind")))

    return cast(Mapping[date, str], _cached("calendar", load))


class Rate(NamedTuple):
    """CNY for one unit of a currency, and what a page must say about it."""

    value: Decimal
    valid_from: date
    source: str
    standing: Standing


class RateMissing(LookupError):
    """No rate of this currency and kind holds on that day."""


def exchange_rate(currency: str, on: date, kind: str) -> Rate:
    """The rate in force; `currency` alpha-3, `kind` "month" or "spot". One CNY is one CNY. `RateMissing` otherwise."""
    if currency == "CNY":
        return Rate(Decimal(1), on, "", "firm")
    row = ExchangeRate.objects.filter(currency=currency, kind=kind).in_force(on, "currency").first()
    if row is None:
        raise RateMissing(f"no {kind} rate of {currency} holds on {on.isoformat()}")
    return Rate(row.rate, row.valid_from, row.source, cast(Standing, row.standing))

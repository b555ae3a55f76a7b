"""Rules of law and practice that are numbers or choices: dated, sourced, and frank about their doubts.

Nothing here reads a database or a clock. `Parameters` is what pure rules are given; `reference.selectors`
fills it from the tables, tests fill it from the same data file (`reference.datafiles`).

A parameter holds from its `valid_from` until the next row of the same key starts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any, Generic, Literal, TypeVar

Standing = Literal["firm", "contested", "unverified"]
STANDINGS: tuple[Standing, ...] = ("firm", "contested", "unverified")

OverLimit = Literal["full_tax", "one_item_or_refused"]
ItemReading = Literal["unit", "line"]
Boundary = Literal["above", "at_or_above"]
Rounding = Literal["half_up", "half_even", "down"]
RoundingScope = Literal["tax_per_line"]
Apportionment = Literal["by_value"]
CompoundTax = Literal["amount_in_base"]

T_co = TypeVar("T_co", covariant=True)


class ParameterMissing(LookupError):
    """No row of this key holds on this day: the rule did not exist yet, or the data is not loaded."""

    def __init__(self, key: str, on: date) -> None:
        super().__init__(f"no value of the parameter {key!r} holds on {on.isoformat()}")
        self.key = key
        self.on = on


class ParameterInvalid(ValueError):
    """The stored value is not one that the rules know how to apply."""


@dataclass(frozen=True, slots=True)
class ParameterRow:
    """One row of the table, not yet typed. `value` is plain JSON; amounts are decimal strings."""

    key: str
    valid_from: date
    value: object
    unit: str
    source: str
    standing: Standing
    note_zh: str = ""
    note_en: str = ""


@dataclass(frozen=True, slots=True)
class Setting(Generic[T_co]):
    """A value in force, with what a page must say about it."""

    value: T_co
    valid_from: date
    unit: str
    source: str
    standing: Standing
    note_zh: str = ""
    note_en: str = ""


@dataclass(frozen=True, slots=True)
class Parameters:
    """Everything in force on `on`. Amounts are CNY; factors and rates are fractions (0.13), not per cent."""

    on: date
    single_limit: Setting[Decimal]
    yearly_limit: Setting[Decimal]
    limit_exceeded: Setting[Boundary]
    limit_counts: Setting[Literal["dutiable_value"]]
    item_reading: Setting[ItemReading]
    over_single_limit: Setting[OverLimit]
    over_yearly_limit: Setting[Literal["full_tax", "refused"]]
    tax_factor_within_limits: Setting[Decimal]
    tariff_factor_within_limits: Setting[Decimal]
    small_amount_waiver: Setting[Decimal]
    rounding: Setting[Rounding]
    rounding_digits: Setting[int]
    rounding_scope: Setting[RoundingScope]
    freight_apportionment: Setting[Apportionment]
    coupon_deducted: Setting[Literal[False]]
    threshold_includes_freight: Setting[bool]
    ml_counts_as_gram: Setting[Literal[True]]
    compound_tax: Setting[CompoundTax]
    reconciliation_tolerance: Setting[Decimal]
    collection_first_day: Setting[int]
    collection_last_day: Setting[int]
    vat_standard: Setting[Decimal]
    vat_reduced: Setting[Decimal]
    list_waiting_hours: Setting[int]

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The keys that data files and the table must know, in order."""
        return tuple(f.name for f in fields(cls) if f.name != "on")

    def settings(self) -> Mapping[str, Setting[object]]:
        """Key → setting, for pages that list them all."""
        return {key: getattr(self, key) for key in self.names()}


def _decimal(value: object) -> Decimal:
    if not isinstance(value, str):
        raise ParameterInvalid(f"{value!r} is not a decimal string")
    return Decimal(value)


def _int(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ParameterInvalid(f"{value!r} is not a whole number")
    return value


def _digits(value: object) -> str:
    if not isinstance(value, str) or not value.isdecimal():
        raise ParameterInvalid(f"{value!r} is not a string of digits")
    return value


def _bool(value: object) -> bool:
    if not isinstance(value, bool):
        raise ParameterInvalid(f"{value!r} is not true or false")
    return value


def _only(allowed: str | bool) -> Callable[[object], object]:
    """A rule that the arithmetic takes for granted: any other value needs new code, so it is refused."""

    def read(value: object) -> object:
        if value != allowed or type(value) is not type(allowed):
            raise ParameterInvalid(f"only {allowed!r} is implemented, not {value!r}")
        return Decimal(allowed) if isinstance(allowed, str) else allowed

    return read


def _one_of(*allowed: str) -> Callable[[object], str]:
    def read(value: object) -> str:
        if value not in allowed:
            raise ParameterInvalid(f"{value!r} is none of {', '.join(allowed)}")
        return str(value)

    return read


# A value that no rule applies is refused when it is loaded: a parameter that nobody honours would be a lie.
# Those of import tax are the fields of `Parameters`; the rest belong to the desks (`reference.selectors.setting`).
READERS: Mapping[str, Callable[[object], object]] = {
    "single_limit": _decimal,
    "yearly_limit": _decimal,
    "limit_exceeded": _one_of("above", "at_or_above"),
    "limit_counts": _one_of("dutiable_value"),
    "item_reading": _one_of("unit", "line"),
    "over_single_limit": _one_of("full_tax", "one_item_or_refused"),
    "over_yearly_limit": _one_of("full_tax", "refused"),
    "tax_factor_within_limits": _decimal,
    "tariff_factor_within_limits": _decimal,
    "small_amount_waiver": _only("0"),
    "rounding": _one_of("half_up", "half_even", "down"),
    "rounding_digits": _int,
    "rounding_scope": _one_of("tax_per_line"),
    "freight_apportionment": _one_of("by_value"),
    "coupon_deducted": _only(False),
    "threshold_includes_freight": _bool,
    "ml_counts_as_gram": _only(True),
    "compound_tax": _one_of("amount_in_base"),
    "reconciliation_tolerance": _decimal,
    "collection_first_day": _int,
    "collection_last_day": _int,
    "vat_standard": _decimal,
    "vat_reduced": _decimal,
    "list_waiting_hours": _int,
    "export_parcel_limit": _decimal,
    "export_documents": _one_of("order collection waybill", "order waybill"),
    "export_notice_days": _int,
    "b2b_offered": _bool,
    "b2b_list_limit": _decimal,
    "b2b_list_hs_digits": _int,
    "b2b_logistics_needed": _bool,
    "b2b_payment_needed": _bool,
    "b2b_warehouse_filing": _bool,
    "b2b_return_months": _int,
    "b2b_return_9710": _bool,
    "return_relief_months": _int,
    "export_summary_day": _int,
    "forex_match_tolerance": _decimal,
    "forex_declare_days": _int,
    "forex_large_value": _decimal,
    "forex_band_difference": _decimal,
    "forex_band_money_to_goods": _decimal,
    "forex_band_credit": _decimal,
    "identity_local_prefix": _digits,
    "identity_match_days": _int,
    "identity_other_days": _int,
    "identity_retention_months": _int,
    "identity_report_days": _int,
}


def read_setting(row: ParameterRow) -> Setting[Any]:
    """Type one row; `ParameterInvalid` names a value or key that no rule knows."""
    reader = READERS.get(row.key)
    if reader is None:
        raise ParameterInvalid(f"no rule reads the parameter {row.key!r}")
    return Setting(
        value=reader(row.value),
        valid_from=row.valid_from,
        unit=row.unit,
        source=row.source,
        standing=row.standing,
        note_zh=row.note_zh,
        note_en=row.note_en,
    )


def setting_in_force(rows: Iterable[ParameterRow], key: str, on: date) -> Setting[Any]:
    """One parameter on a day; `ParameterMissing` when it has no row yet on that day."""
    started = [row for row in rows if row.key == key and row.valid_from <= on]
    if not started:
        raise ParameterMissing(key, on)
    return read_setting(max(started, key=lambda row: row.valid_from))


def in_force(rows: Iterable[ParameterRow], on: date) -> Parameters:
    """The parameters of one day; `ParameterMissing` names the first key that has no row yet on that day."""
    latest: dict[str, ParameterRow] = {}
    for row in rows:
        held = latest.get(row.key)
        if row.valid_from <= on and (held is None or held.valid_from < row.valid_from):
            latest[row.key] = row
    for key in Parameters.names():
        if key not in latest:
            raise ParameterMissing(key, on)
    values: dict[str, Any] = {key: read_setting(latest[key]) for key in Parameters.names()}
    return Parameters(on=on, **values)

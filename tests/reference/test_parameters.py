"""Dated parameters: which row holds on which day, and that no value goes unread."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from reference.datafiles import parameter_rows
from reference.parameters import (
    READERS,
    ParameterInvalid,
    ParameterMissing,
    Parameters,
    in_force,
    read_setting,
)

ROWS = parameter_rows()


@pytest.mark.parametrize(
    ("on", "single", "yearly", "vat", "reduced"),
    [
        (date(2016, 4, 8), "2000", "20000", "0.17", "0.13"),
        (date(2017, 7, 1), "2000", "20000", "0.17", "0.11"),
        (date(2018, 4, 30), "2000", "20000", "0.17", "0.11"),
        (date(2018, 5, 1), "2000", "20000", "0.16", "0.10"),
        (date(2018, 12, 31), "2000", "20000", "0.16", "0.10"),
        (date(2019, 1, 1), "5000", "26000", "0.16", "0.10"),
        (date(2019, 4, 1), "5000", "26000", "0.13", "0.09"),
        (date(2026, 11, 23), "5000", "26000", "0.13", "0.09"),
    ],
)
def test_what_holds_on_a_day(on: date, single: str, yearly: str, vat: str, reduced: str) -> None:
    params = in_force(ROWS, on)
    held = (params.single_limit, params.yearly_limit, params.vat_standard, params.vat_reduced)
    assert [setting.value for setting in held] == [Decimal(v) for v in (single, yearly, vat, reduced)]


def test_before_the_regime_there_are_no_rules() -> None:
    with pytest.raises(ParameterMissing, match="2016-04-07"):
        in_force(ROWS, date(2016, 4, 8) - timedelta(days=1))


def test_the_order_of_rows_does_not_matter() -> None:
    on = date(2026, 11, 23)
    assert in_force(reversed(ROWS), on) == in_force(ROWS, on)


def test_every_parameter_is_typed_dated_once_and_says_where_it_comes_from() -> None:
    assert set(READERS) == {row.key for row in ROWS}
    assert set(Parameters.names()) <= set(READERS)
    assert len({(row.key, row.valid_from) for row in ROWS}) == len(ROWS)
    for row in ROWS:
        assert row.source, row.key
        assert row.note_zh, row.key
        assert row.note_en, row.key


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("rounding", "up"),
        ("single_limit", 5000),
        ("rounding_digits", "2"),
        ("rounding_digits", True),
        ("threshold_includes_freight", "yes"),
        ("coupon_deducted", True),
        ("small_amount_waiver", "50"),
        ("over_yearly_limit", "maybe"),
        ("no_such_key", "1"),
    ],
)
def test_a_value_that_no_rule_applies_is_refused(key: str, value: object) -> None:
    with pytest.raises(ParameterInvalid):
        read_setting(replace(ROWS[0], key=key, value=value))

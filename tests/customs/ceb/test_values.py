"""The fast predicate may only ever be a shorter way to say what the rules say."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customs.ceb.spec import SPEC, Field
from customs.ceb.values import clean, is_date, is_time, remarks

FIELDS = [
    field
    for spec in SPEC.values()
    for block in (spec.head, spec.lines, spec.transfer, spec.subscribe, spec.extend)
    if block
    for field in block.fields
]
TEXTS = st.one_of(
    st.text(max_size=40),
    st.text(alphabet=" \t\r\n0123456789.+-eAa字\u00a0٣", max_size=25),
    st.from_regex(r"[0-9]{1,20}(\.[0-9]{1,8})?", fullmatch=True),
    st.dates().map(lambda day: f"{day:%Y%m%d}"),
    st.datetimes().map(lambda time: f"{time:%Y%m%d%H%M%S}"),
    st.sampled_from(["1", "2", "142", "I", "E", "S", "DXP", "ALL", "3", "A", "A" * 18, "A" * 36]),
)


@settings(deadline=None)
@given(field=st.sampled_from(FIELDS), text=TEXTS)
def test_clean_means_no_remarks(field: Field, text: str) -> None:
    if text and clean(field)(text):
        assert remarks(field, text) == []


@settings(deadline=None)
@given(st.dates())
def test_every_day_is_a_date(day: date) -> None:
    text = f"{day.year:04}{day:%m%d}"
    assert is_date(text)
    assert is_time(text + "235959")
    assert is_time(text + "000000999")


@pytest.mark.parametrize(
    "text",
    ["20230229", "20240431", "20241301", "00000101", "2024010", "２０２４０１０１", "202401011", " 2024010"],
)
def test_no_dates(text: str) -> None:
    assert not is_date(text)
    assert not is_time(text + "120000")


@pytest.mark.parametrize("clock", ["240000", "236000", "235960", "23595", "2359599", "23595999"])
def test_no_times(clock: str) -> None:
    assert not is_time("20240101" + clock)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("12.50", []),
        (" 12.50\n", []),
        ("-1", []),
        ("99999999999999.99999", []),
        ("0001.500000000", []),
        ("999999999999999.99999", ["ceb.digits.total"]),
        ("1.000001", ["ceb.digits.fraction"]),
        ("+1", ["ceb.decimal.form"]),
        ("1.", ["ceb.decimal.form"]),
        (".5", ["ceb.decimal.form"]),
        ("1e3", ["ceb.decimal.form"]),
        ("1,000", ["ceb.decimal.form"]),
        ("１", ["ceb.decimal.form"]),
        ("", ["ceb.value.empty"]),
    ],
)
def test_amounts(text: str, codes: list[str]) -> None:
    field = SPEC["CEB311"].head.by_name["goodsValue"]

    assert [code for code, _ in remarks(field, text)] == codes

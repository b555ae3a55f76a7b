"""Tables handed out and read back: nothing is worked out, nothing is lost. Hostile files: tests/filing/goods."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from reference.problems import Refused
from reference.sheets import CSV, XLSX, Layout, csv_bytes, format_of, neutral, read, text_of, xlsx_bytes


@dataclass(frozen=True)
class Column:
    code: str
    zh: str
    en: str
    required: bool = True


LAYOUT = Layout(
    "things", (Column("number", "编号", "Number"), Column("note", "备注", "Note", required=False))
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("=1+1", "'=1+1"),
        ("@x", "'@x"),
        ("-20.45", "-20.45"),
        ("+5", "+5"),
        ("-x", "'-x"),
        ("毯", "毯"),
        ("-inf", "'-inf"),
    ],
)
def test_no_cell_is_a_formula_and_numbers_stay_numbers(text: str, expected: str) -> None:
    assert neutral(text) == expected


@pytest.mark.parametrize("make", [csv_bytes, lambda rows: xlsx_bytes("x", rows)])
def test_what_is_handed_out_can_be_read_back(make) -> None:
    data = make([["编号*\nNumber", "Note"], ["0012", ""], ["", ""], ["7", "毯"]])
    kind = format_of("a.csv", data, LAYOUT)
    assert kind in (CSV, XLSX)
    assert [(row.text("number"), row.text("note")) for row in read(data, kind, LAYOUT)] == [
        ("0012", ""),
        ("7", "毯"),
    ]


def test_problems_carry_the_layouts_own_code() -> None:
    for data, code in ((b"", "things.file.empty"), (csv_bytes([["Note"], ["x"]]), "things.heading.missing")):
        with pytest.raises(Refused) as refused:
            read(data, format_of("a.csv", data, LAYOUT), LAYOUT)
        assert [one.code for one in refused.value.problems] == [code]


def test_a_number_is_what_a_spreadsheet_shows_of_it() -> None:
    assert [text_of(one) for one in (14.499999999999998, 0.1 + 0.2, 3.0, 1e15)] == [
        "14.5",
        "0.3",
        "3",
        "1000000000000000",
    ]

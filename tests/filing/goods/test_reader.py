"""Files of friends and enemies."""

from __future__ import annotations

import io
import zipfile

import pytest
from openpyxl import Workbook

from filing.goods import reader
from filing.goods.demo import export_rows, story_workbook
from reference.problems import Refused
from tests.filing.goods.makers import sheet


def reason(data: bytes, name: str = "goods.xlsx") -> str:
    """Why a file is refused."""
    with pytest.raises(Refused) as refused:
        reader.read(data, reader.format_of(name, data))
    return refused.value.problems[0].code


def zipped(**parts: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            package.writestr(name.replace("__", "/").replace("_dot_", "."), data)
    return buffer.getvalue()


def with_part(name: str, data: bytes) -> bytes:
    """A good workbook with one part more."""
    buffer = io.BytesIO(sheet(export_rows()))
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr(name, data)
    return buffer.getvalue()


@pytest.mark.django_db
def test_the_template_form_is_read_back() -> None:
    rows = reader.read(story_workbook(), reader.XLSX)
    assert len(rows) == 60
    assert rows[0].text("item_no") == "EX01"
    assert rows[0].text("unit") == "015"


def test_numbers_typed_as_numbers_are_read_as_people_see_them() -> None:
    (row,) = reader.read(
        sheet([export_rows()[0] | {"hs10": 6301400000, "unit": 18, "factor2": 0.9}]), reader.XLSX
    )
    assert (row.text("hs10"), row.text("unit"), row.text("factor2")) == ("6301400000", "18", "0.9")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_as_offices_write_it(encoding: str, delimiter: str) -> None:
    columns = [
        "商品货号",
        "商品名称",
        "hs10",
        "规格型号",
        "unit",
        "unit1",
        "factor1",
        "origin",
        "trade_modes",
    ]
    text = (
        delimiter.join(columns)
        + "\r\n"
        + delimiter.join(["A1", "毯", "6301400000", "s", "015", "015", "1", "142", "9610"])
    )
    data = text.encode(encoding)
    (row,) = reader.read(data, reader.format_of("a.csv", data))
    assert (row.number, row.text("name_zh")) == (2, "毯")


def test_missing_columns_are_said_all_at_once() -> None:
    book = Workbook()
    book.worksheets[0].append(["商品货号"])
    buffer = io.BytesIO()
    book.save(buffer)
    with pytest.raises(Refused) as refused:
        reader.read(buffer.getvalue(), reader.XLSX)
    assert len(refused.value.problems) == 8


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "goods.file.empty"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 100, "goods.file.old_excel"),
        (b"PK\x03\x04 and nothing more", "goods.file.broken"),
        (b"\x00\x01\x02", "goods.file.unknown"),
        (zipped(a_dot_xml=b"0" * 40_000_000), "goods.file.bomb"),
        (zipped(a_dot_xml=b"<x/>"), "goods.file.broken"),
        (with_part("xl/vbaProject.bin", b"x"), "goods.file.macro"),
        (with_part("xl/externalLinks/externalLink1.xml", b"<x/>"), "goods.file.link"),
        (with_part("xl/more.xml", b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'), "goods.file.broken"),
        (b"x" * (reader.MAX_BYTES + 1), "goods.file.too_large"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_goods_file_is_refused(data: bytes, code: str) -> None:
    assert reason(data) == code


def test_a_sheet_with_one_cell_at_its_very_end_is_refused_at_once() -> None:
    book = Workbook()
    page = book.worksheets[0]
    for index, name in enumerate(["item_no"], 1):
        page.cell(1, index, name)
    page.cell(1_048_576, 16_384, "x")
    buffer = io.BytesIO()
    book.save(buffer)
    assert reason(buffer.getvalue()) == "goods.heading.missing"


def test_a_formula_is_seen_as_one() -> None:
    (row,) = reader.read(sheet([export_rows()[0] | {"name_zh": '=HYPERLINK("http://x")'}]), reader.XLSX)
    assert row.cells["name_zh"].kind == "formula"


def test_json_lines_with_unknown_fields_are_refused() -> None:
    with pytest.raises(Refused) as refused:
        reader.read(b'{"item_no": "A", "state": "filed"}\n[1]\n', reader.JSON_LINES)
    assert [one.code for one in refused.value.problems] == ["goods.line.unknown", "goods.line.json"]

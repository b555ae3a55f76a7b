"""Workbooks we hand out: the template, the export, and the sender's own file with comments in its wrong cells."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from filing.goods import reader
from filing.goods.columns import COLUMNS, TABLES
from filing.goods.findings import Finding
from filing.models import GoodsFiling
from reference.selectors import code_names
from reference.sheets import csv_bytes, csv_lines, neutral

MOST_COMMENTS = 3000
_HEAD = PatternFill("solid", fgColor="DCE6F2")
_WRONG = PatternFill("solid", fgColor="F8CBAD")
_WIDE = {"name_zh": 28, "name_en": 28, "specification": 36, "refund_note": 28}
_TABLE_NAMES = {
    "unit": "计量单位 Units",
    "country": "国家（地区） Countries",
    "currency": "币制 Currencies",
    "trade_mode": "监管方式 Modes",
}


def _bytes(book: Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _headings(sheet: Worksheet) -> None:
    for index, column in enumerate(COLUMNS, 1):
        cell = sheet.cell(1, index, column.heading)
        cell.font, cell.fill = Font(bold=True), _HEAD
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.column_dimensions[get_column_letter(index)].width = _WIDE.get(column.code, 15)
    sheet.freeze_panes = "B2"


def workbook_of(rows: Iterable[Sequence[str]]) -> bytes:
    """Headings, rows as text, and the code lists on the second sheet."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "商品 Goods"
    _headings(sheet)
    last = 1
    for last, row in enumerate(rows, 2):
        for index, value in enumerate(row, 1):
            cell = sheet.cell(last, index)
            cell.value, cell.data_type = value or None, "s" if value else "n"  # text, whatever it begins with
            cell.number_format = "@"
    for number in range(last + 1, last + 201):  # empty rows in text format: zeros at the beginning stay
        for index in range(1, len(COLUMNS) + 1):
            sheet.cell(number, index).number_format = "@"
    _codes(book.create_sheet("代码 Codes"))
    return _bytes(book)


def template() -> bytes:
    """An empty workbook to fill in."""
    return workbook_of(())


def _codes(sheet: Worksheet) -> None:
    """The code lists side by side: code, Chinese, English."""
    at = 1
    for table in TABLES:
        with translation.override("zh-hans"):
            chinese = code_names(table)
        with translation.override("en"):
            english = code_names(table)
        sheet.cell(1, at, _TABLE_NAMES[table]).font = Font(bold=True)
        for number, code in enumerate(chinese, 2):
            for offset, value in enumerate((code, chinese[code], english[code])):
                cell = sheet.cell(number, at + offset, value)
                cell.number_format = "@"
        at += 4


# --- the sender's own file --------------------------------------------------------------------------------


def commented(data: bytes, content_type: str, findings: Sequence[Finding]) -> bytes:
    """The file as it came, wrong cells marked and commented, and a sheet that lists every problem."""
    if content_type == reader.XLSX:
        book = load_workbook(io.BytesIO(data), keep_links=False)
    else:
        book = _from_text(data, content_type)
    sheet = book.worksheets[0]
    for (row, index), found in list(_by_cell(findings).items())[:MOST_COMMENTS]:
        cell = sheet.cell(row, index)
        cell.fill = _WRONG
        words = "\n".join(f"{one.text} {one.remedy}" for one in found)
        cell.comment = Comment(words, gettext("Single window"), width=320, height=110)
    _list(book, findings)
    return _bytes(book)


def _by_cell(findings: Sequence[Finding]) -> dict[tuple[int, int], list[Finding]]:
    """What is missing stands in no cell: its comment goes into the first of the row."""
    found: defaultdict[tuple[int, int], list[Finding]] = defaultdict(list)
    for one in findings:
        if one.row:
            found[one.row, one.index or 1].append(one)
    return found


def _list(book: Workbook, findings: Sequence[Finding]) -> None:
    sheet = book.create_sheet(gettext("Problems")[:31])
    heads = (
        gettext("Cell"),
        gettext("Column"),
        gettext("Value"),
        gettext("What is wrong"),
        gettext("How to mend it"),
    )
    for index, head in enumerate(heads, 1):
        sheet.cell(1, index, head).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(index)].width = (8, 20, 24, 60, 60)[index - 1]
    for number, one in enumerate(findings, 2):
        for index, text in enumerate((one.cell, one.column, one.value, one.text, one.remedy), 1):
            cell = sheet.cell(number, index)
            cell.value, cell.data_type = text or None, "s" if text else "n"


def _from_text(data: bytes, content_type: str) -> Workbook:
    """A CSV file or a batch of JSON lines as a workbook."""
    book = Workbook()
    sheet = book.worksheets[0]
    if content_type == reader.CSV:
        for number, values, _formulas in csv_lines(data, reader.LAYOUT):
            for index, value in enumerate(values, 1):
                _text_cell(sheet, number, index, str(value))
        return book
    _headings(sheet)
    return book


def _text_cell(sheet: Worksheet, row: int, index: int, value: str) -> None:
    cell = sheet.cell(row, index)
    cell.value, cell.data_type, cell.number_format = value or None, "s" if value else "n", "@"


# --- export -----------------------------------------------------------------------------------------------


def row_of(good: GoodsFiling) -> list[str]:
    """A good as the template has it: the export can be mended and handed in again."""
    return [_shown(getattr(good, column.code)) for column in COLUMNS]


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return " ".join(value)
    return reader.text_of(value.normalize()) if hasattr(value, "normalize") else str(value)


def export_xlsx(goods: Iterable[GoodsFiling]) -> bytes:
    """The goods as a workbook: every cell is text, so that nothing is worked out."""
    return workbook_of([neutral(cell) for cell in row_of(good)] for good in goods)


def export_csv(goods: Iterable[GoodsFiling]) -> bytes:
    """The goods as CSV that spreadsheets read as UTF-8."""
    heading = [column.name for column in COLUMNS]
    return csv_bytes([heading, *(row_of(good) for good in goods)])


def name_of(what: str, ending: str) -> str:
    """A name for the download."""
    return f"{what}-{timezone.localdate():%Y%m%d}.{ending}"

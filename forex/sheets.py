"""Payout statements as tables: the template, and reading XLSX and CSV back into rows of texts."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator

import openpyxl
from django.utils.translation import gettext_noop
from openpyxl.utils.exceptions import InvalidFileException

from forex.statement_rules import AMOUNTS, MOST_LINES, Row
from reference.problems import Problem, Refused

COLUMNS = ("order_no", *AMOUNTS)
# What people write above the columns, in either language.
NAMES = {
    "order_no": ("订单编号", "order number", "order_no"),
    "goods": ("货款", "goods"),
    "freight": ("运费", "freight"),
    "commission": ("佣金", "commission"),
    "other_fees": ("其他费用", "other fees", "other_fees"),
    "refunds": ("退款", "refunds"),
}
MOST_BYTES = 5_000_000
UNPACKED = 60_000_000  # a workbook that grows beyond this is no statement


def template() -> bytes:
    """An empty workbook with the columns and one example."""
    book = openpyxl.Workbook()
    sheet = book.create_sheet("payout", 0)
    sheet.append([f"{NAMES[name][0]} {NAMES[name][1]}" for name in COLUMNS])
    sheet.append(["EO-EXAMPLE-0001", "29.00", "6.00", "5.25", "3.20", "0.00"])
    for column in "ABCDEF":
        sheet.column_dimensions[column].width = 24
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def rows(name: str, data: bytes) -> list[Row]:
    """The rows of a file; `Refused` when it cannot be read or has no known columns."""
    if len(data) > MOST_BYTES:
        raise Refused([_problem("sheet.large", gettext_noop("The file is larger than 5 MB."))])
    table = _workbook(data) if name.lower().endswith(".xlsx") or data[:2] == b"PK" else _csv(data)
    head = next(table, ())
    places = _columns(head)
    found: list[Row] = []
    for number, cells in enumerate(table, start=2):
        if len(found) > MOST_LINES:
            break
        if any(cell.strip() for cell in cells):
            texts = {name: cells[at] if at < len(cells) else "" for name, at in places.items()}
            found.append(Row(f"row {number}", texts))
    return found


def _problem(code: str, message: str, **params: str) -> Problem:
    return Problem(code, "/file", message, params)


def _columns(head: Iterable[str]) -> dict[str, int]:
    titles = [title.strip().lower() for title in head]
    places = {}
    for name, words in NAMES.items():
        for at, title in enumerate(titles):
            if title in words or title == f"{words[0]} {words[1]}":
                places[name] = at
                break
    if lacking := [name for name in ("order_no", "goods") if name not in places]:
        message = gettext_noop("The first row names no column “{column}”; take the template.")
        raise Refused([_problem("sheet.column", message, column=NAMES[name][0]) for name in lacking])
    return places


def _csv(data: bytes) -> Iterator[list[str]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise Refused([_problem("sheet.encoding", gettext_noop("The text of the file cannot be read."))])
    if "\0" in text:
        raise Refused([_problem("sheet.form", gettext_noop("The file is neither XLSX nor CSV."))])
    try:
        return iter(list(csv.reader(io.StringIO(text))))
    except csv.Error:
        raise Refused([_problem("sheet.form", gettext_noop("The file is neither XLSX nor CSV."))]) from None


def _workbook(data: bytes) -> Iterator[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(one.file_size for one in packed.infolist()) > UNPACKED:
                raise Refused([_problem("sheet.large", gettext_noop("The file is larger than 5 MB."))])
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        cells = sheet.iter_rows(values_only=True, max_row=MOST_LINES + 2, max_col=50)
        return iter([[_text(cell) for cell in row] for row in cells])
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, IndexError, OSError):
        raise Refused([_problem("sheet.form", gettext_noop("The file is neither XLSX nor CSV."))]) from None


def _text(cell: object) -> str:
    """A number in a workbook is binary: 14.5 is meant, never 14.499999."""
    if isinstance(cell, float):
        return f"{cell:.4f}".rstrip("0").rstrip(".")
    return "" if cell is None else str(cell)

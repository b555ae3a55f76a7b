"""Goods files as they come from people: XLSX, CSV or JSON lines, hostile ones included. Nothing is computed.

Formulas are not worked out, links not followed, and no more is read than a file may hold.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_noop as _
from openpyxl import load_workbook

from filing.goods.columns import BY_CODE, COLUMNS, Column, recognise
from reference.problems import Problem, Refused

MAX_BYTES = 8 * 1024 * 1024
MAX_UNPACKED = 80 * 1024 * 1024
MAX_RATIO = 200
SMALL_PART = 512 * 1024  # below it a high ratio is harmless
MAX_PARTS = 200
MAX_ROWS = 10_000
MAX_COLUMNS = 40
XLSX = "application/xlsx"  # as kept with the payload, where the long name does not fit
XLSX_DOWNLOAD = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
JSON_LINES = "application/x-ndjson"
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class Cell:
    """One value as text; `kind` says what it was that cannot be taken as text."""

    value: str
    index: int
    kind: str = ""  # "formula", "date", "truth"


@dataclass(frozen=True, slots=True)
class Row:
    """One row by column code; `number` as the spreadsheet counts."""

    number: int
    cells: dict[str, Cell]

    def text(self, code: str) -> str:
        """The text of a cell, "" where there is none."""
        cell = self.cells.get(code)
        return cell.value if cell else ""


def format_of(name: str, data: bytes) -> str:
    """The content type by what the bytes are, not by what the name says; `Refused` for anything else."""
    if not data.strip():
        raise refused("goods.file.empty", _("The file is empty."))
    if len(data) > MAX_BYTES:
        raise refused(
            "goods.file.too_large",
            _("The file is larger than {most} MB: split it."),
            most="8",
        )
    if data.startswith(_ZIP):
        return XLSX
    if data.startswith(_OLE):
        raise refused(
            "goods.file.old_excel",
            _("An old (.xls) or encrypted Excel file: save it as .xlsx without a password."),
        )
    if b"\0" in data[:4096] or not name.lower().endswith((".csv", ".txt")):
        raise refused("goods.file.unknown", _("Only Excel (.xlsx) and CSV files are taken."))
    return CSV


def refused(code: str, message: str, **params: str) -> Refused:
    """The whole file cannot be taken."""
    return Refused([Problem(code, "/", message, params)])


def read(data: bytes, content_type: str) -> list[Row]:
    """Every row that is not empty; `Refused` with everything that is wrong with the file as a whole."""
    if content_type == JSON_LINES:
        return list(_objects(data))
    if content_type == XLSX:
        check_package(data)
    return list(_rows(_excel(data) if content_type == XLSX else _csv(data)))


# --- the package ------------------------------------------------------------------------------------------


def check_package(data: bytes) -> None:
    """A bomb, a macro or a link is refused before anything is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
            _check_parts(parts)
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    _check_xml(package, part)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise _broken() from error


def _broken() -> Refused:
    return refused(
        "goods.file.broken", _("The file cannot be read as an Excel workbook: save it anew as .xlsx.")
    )


def _check_parts(parts: Sequence[zipfile.ZipInfo]) -> None:
    names = [part.filename.lower() for part in parts]
    bomb = any(p.file_size > SMALL_PART and p.file_size > MAX_RATIO * max(p.compress_size, 1) for p in parts)
    if bomb or len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise refused("goods.file.bomb", _("The file unpacks to more than can be taken: split it."))
    if any("vbaproject" in name for name in names):
        raise refused("goods.file.macro", _("Workbooks with macros are not taken: save it as .xlsx."))
    if any("externallink" in name for name in names):
        raise refused(
            "goods.file.link",
            _("Links to other files are not taken: break them, keep the values."),
        )
    if "xl/workbook.xml" not in names:
        raise _broken()


def _check_xml(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Never a document type: entities are for bombs and for reading our files. The size was judged before."""
    text = package.read(part)
    if text[:2] in (b"\xff\xfe", b"\xfe\xff") or b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise _broken()


# --- rows -------------------------------------------------------------------------------------------------

Line = tuple[int, list[Any], list[bool]]  # number, values, which of them are formulas


def _excel(data: bytes) -> Iterator[Line]:
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what the file says of its size is not believed
        rows = sheet.iter_rows(max_col=MAX_COLUMNS, max_row=MAX_ROWS + 2)
        for number, row in enumerate(rows, 1):
            yield number, [cell.value for cell in row], [cell.data_type == "f" for cell in row]
    except Refused:
        raise
    except Exception as error:
        # openpyxl raises whatever its parts raise; a file it cannot read is the sender's to mend.
        raise _broken() from error


def _csv(data: bytes) -> Iterator[Line]:
    text = _decoded(data)
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text), delimiter=delimiter), 1):
            if number > MAX_ROWS + 2:
                return
            yield number, list(row[:MAX_COLUMNS]), [False] * len(row[:MAX_COLUMNS])
    except csv.Error as error:
        raise refused("goods.file.csv", _("The file cannot be read as CSV.")) from error


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise refused("goods.file.encoding", _("The text is neither UTF-8 nor GB 18030."))


def _rows(lines: Iterable[Line]) -> Iterator[Row]:
    iterator = iter(lines)
    _number, heading, _formulas = next(iterator, (0, [], []))
    columns = _columns(heading)
    taken = 0
    for number, values, formulas in iterator:
        cells = {
            column.code: cell
            for index, column in columns.items()
            if index < len(values) and (cell := _cell(values[index], index + 1, formulas[index])) is not None
        }
        if not cells:
            continue
        taken += 1
        if taken > MAX_ROWS:
            raise refused(
                "goods.file.rows", _("The file has more than {most} rows: split it."), most=str(MAX_ROWS)
            )
        yield Row(number, cells)
    if not taken:
        raise refused("goods.file.no_rows", _("Below the headings there is no row."))


def _columns(heading: Sequence[Any]) -> dict[int, Column]:
    """Column index → what it is; all missing and doubled columns at once."""
    found: dict[int, Column] = {}
    problems = []
    for index, value in enumerate(heading):
        column = recognise(str(value)) if value else None
        if column and column in found.values():
            problems.append(
                Problem(
                    "goods.heading.twice",
                    "/",
                    _("The column {column} stands there twice."),
                    {"column": column.name},
                )
            )
        elif column:
            found[index] = column
    problems += [
        Problem(
            "goods.heading.missing",
            "/",
            _("The column {column} is missing: use the headings of the template."),
            {"column": column.name},
        )
        for column in COLUMNS
        if column.required and column not in found.values()
    ]
    if problems:
        raise Refused(problems)
    return found


def _cell(value: Any, index: int, is_formula: bool) -> Cell | None:
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    kind = "formula" if is_formula else "truth" if isinstance(value, bool) else ""
    if isinstance(value, datetime | date):
        kind = "date"
    return Cell(text_of(value), index, kind)


def text_of(value: Any) -> str:
    """A cell's value as the user sees it: whole numbers without a point, numbers without an exponent."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        number = Decimal(repr(value))
        return f"{number:f}".rstrip("0").rstrip(".") if "." in f"{number:f}" else f"{number:f}"
    if isinstance(value, int | Decimal):
        return f"{value:f}" if isinstance(value, Decimal) else str(value)
    return str(value).replace("\0", "").strip()


def _objects(data: bytes) -> Iterator[Row]:
    """JSON lines: one object a line, keys are the codes of the columns."""
    lines = data.splitlines()
    if len(lines) > MAX_ROWS:
        raise refused(
            "goods.file.rows", _("The file has more than {most} rows: split it."), most=str(MAX_ROWS)
        )
    problems = []
    rows = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            given = json.loads(line, parse_float=Decimal)
        except (ValueError, RecursionError):
            given = None
        if not isinstance(given, dict) or any(isinstance(v, dict) for v in given.values()):
            problems.append(
                Problem(
                    "goods.line.json",
                    f"/{number}",
                    _("Line {line} is no JSON object of plain values."),
                    {"line": str(number)},
                )
            )
            continue
        problems += [
            Problem(
                "goods.line.unknown",
                f"/{number}",
                _("Line {line}: there is no field {field}."),
                {"line": str(number), "field": str(key)[:50]},
            )
            for key in given.keys() - BY_CODE.keys()
        ]
        rows.append(Row(number, {k: c for k, v in given.items() if (c := _json_cell(k, v)) is not None}))
    if problems:
        raise Refused(problems)
    if not rows:
        raise refused("goods.file.empty", _("The file is empty."))
    yield from rows


def _json_cell(key: str, value: Any) -> Cell | None:
    if isinstance(value, list):
        value = " ".join(text_of(one) for one in value)
    return _cell(value, 0, False) if key in BY_CODE else None

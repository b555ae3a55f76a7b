"""Tables as they come from people, XLSX or CSV, hostile ones included: rows of texts by column. Nothing is computed.

Formulas are not worked out, links not followed, and no more is read than a file may hold. A room describes its file
as a `Layout`; codes of problems begin with the layout's own ("goods.file.empty").
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol

from django.utils.translation import gettext_noop as _
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

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
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Column(Protocol):
    """One column of a file: its code, its names, and whether a file without it is refused."""

    @property
    def code(self) -> str: ...
    @property
    def zh(self) -> str: ...
    @property
    def en(self) -> str: ...
    @property
    def required(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class PlainColumn:
    """A column that has nothing but its names."""

    code: str
    zh: str
    en: str
    required: bool = False

    @property
    def heading(self) -> str:
        """Both names, as a template has them."""
        return f"{self.zh}\n{self.en}"


@dataclass(frozen=True, slots=True)
class Layout:
    """What a file of one room looks like. `code`: what the codes of its problems begin with."""

    code: str
    columns: Sequence[Column]
    most_rows: int = MAX_ROWS

    def refused(self, code: str, message: str, **params: str) -> Refused:
        """The whole file cannot be taken."""
        return Refused([Problem(f"{self.code}.{code}", "/", message, params)])

    def recognise(self, heading: str) -> Column | None:
        """The column somebody means by a heading: its code, its Chinese or its English name, in any case."""
        lines = [line.strip().rstrip("*").strip().casefold() for line in heading.splitlines()]
        said = {*lines, heading.strip().rstrip("*").strip().casefold()}
        for column in self.columns:
            zh, en = column.zh.casefold(), column.en.casefold()
            if said & {column.code, zh, en, f"{zh} {en}"}:
                return column
        return None


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


def format_of(name: str, data: bytes, layout: Layout) -> str:
    """The content type by what the bytes are, not by what the name says; `Refused` for anything else."""
    if not data.strip():
        raise layout.refused("file.empty", _("The file is empty."))
    if len(data) > MAX_BYTES:
        raise layout.refused(
            "file.too_large",
            _("The file is larger than {most} MB: split it."),
            most="8",
        )
    if data.startswith(_ZIP):
        return XLSX
    if data.startswith(_OLE):
        raise layout.refused(
            "file.old_excel",
            _("An old (.xls) or encrypted Excel file: save it as .xlsx without a password."),
        )
    if b"\0" in data[:4096] or not name.lower().endswith((".csv", ".txt")):
        raise layout.refused("file.unknown", _("Only Excel (.xlsx) and CSV files are taken."))
    return CSV


def read(data: bytes, content_type: str, layout: Layout) -> list[Row]:
    """Every row that is not empty; `Refused` with everything that is wrong with the file as a whole."""
    if content_type == XLSX:
        check_package(data, layout)
        return list(_rows(_excel(data, layout), layout))
    return list(_rows(csv_lines(data, layout), layout))


# --- the package ------------------------------------------------------------------------------------------


def check_package(data: bytes, layout: Layout) -> None:
    """A bomb, a macro or a link is refused before anything is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
            _check_parts(parts, layout)
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    _check_xml(package, part, layout)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise _broken(layout) from error


def _broken(layout: Layout) -> Refused:
    return layout.refused(
        "file.broken", _("The file cannot be read as an Excel workbook: save it anew as .xlsx.")
    )


def _check_parts(parts: Sequence[zipfile.ZipInfo], layout: Layout) -> None:
    names = [part.filename.lower() for part in parts]
    bomb = any(p.file_size > SMALL_PART and p.file_size > MAX_RATIO * max(p.compress_size, 1) for p in parts)
    if bomb or len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise layout.refused("file.bomb", _("The file unpacks to more than can be taken: split it."))
    if any("vbaproject" in name for name in names):
        raise layout.refused("file.macro", _("Workbooks with macros are not taken: save it as .xlsx."))
    if any("externallink" in name for name in names):
        raise layout.refused(
            "file.link",
            _("Links to other files are not taken: break them, keep the values."),
        )
    if "xl/workbook.xml" not in names:
        raise _broken(layout)


def _check_xml(package: zipfile.ZipFile, part: zipfile.ZipInfo, layout: Layout) -> None:
    """Never a document type: entities are for bombs and for reading our files. The size was judged before."""
    text = package.read(part)
    if text[:2] in (b"\xff\xfe", b"\xfe\xff") or b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise _broken(layout)


# --- rows -------------------------------------------------------------------------------------------------

Line = tuple[int, list[Any], list[bool]]  # number, values, which of them are formulas


def _excel(data: bytes, layout: Layout) -> Iterator[Line]:
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what the file says of its size is not believed
        rows = sheet.iter_rows(max_col=MAX_COLUMNS, max_row=layout.most_rows + 2)
        for number, row in enumerate(rows, 1):
            yield number, [cell.value for cell in row], [cell.data_type == "f" for cell in row]
    except Refused:
        raise
    except Exception as error:
        # openpyxl raises whatever its parts raise; a file it cannot read is the sender's to mend.
        raise _broken(layout) from error


def csv_lines(data: bytes, layout: Layout) -> Iterator[Line]:
    """The lines of a CSV file, headings too."""
    text = _decoded(data, layout)
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text), delimiter=delimiter), 1):
            if number > layout.most_rows + 2:
                return
            yield number, list(row[:MAX_COLUMNS]), [False] * len(row[:MAX_COLUMNS])
    except csv.Error as error:
        raise layout.refused("file.csv", _("The file cannot be read as CSV.")) from error


def _decoded(data: bytes, layout: Layout) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise layout.refused("file.encoding", _("The text is neither UTF-8 nor GB 18030."))


def _rows(lines: Iterable[Line], layout: Layout) -> Iterator[Row]:
    iterator = iter(lines)
    _number, heading, _formulas = next(iterator, (0, [], []))
    columns = _columns(heading, layout)
    taken = 0
    for number, values, formulas in iterator:
        cells = {
            column.code: cell
            for index, column in columns.items()
            if index < len(values)
            and (cell := cell_of(values[index], index + 1, formulas[index])) is not None
        }
        if not cells:
            continue
        taken += 1
        if taken > layout.most_rows:
            most = f"{layout.most_rows:,}"
            raise layout.refused("file.rows", _("The file has more than {most} rows: split it."), most=most)
        yield Row(number, cells)
    if not taken:
        raise layout.refused("file.no_rows", _("Below the headings there is no row."))


def _columns(heading: Sequence[Any], layout: Layout) -> dict[int, Column]:
    """Column index → what it is; all missing and doubled columns at once."""
    found: dict[int, Column] = {}
    problems = []
    for index, value in enumerate(heading):
        column = layout.recognise(str(value)) if value else None
        if column and column in found.values():
            problems.append(
                Problem(
                    f"{layout.code}.heading.twice",
                    "/",
                    _("The column {column} stands there twice."),
                    {"column": f"{column.zh} {column.en}"},
                )
            )
        elif column:
            found[index] = column
    problems += [
        Problem(
            f"{layout.code}.heading.missing",
            "/",
            _("The column {column} is missing: use the headings of the template."),
            {"column": f"{column.zh} {column.en}"},
        )
        for column in layout.columns
        if column.required and column not in found.values()
    ]
    if problems:
        raise Refused(problems)
    return found


def cell_of(value: Any, index: int, is_formula: bool = False) -> Cell | None:
    """The cell of a value; None for an empty one."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    kind = "formula" if is_formula else "truth" if isinstance(value, bool) else ""
    if isinstance(value, datetime | date):
        kind = "date"
    return Cell(text_of(value), index, kind)


def text_of(value: Any) -> str:
    """A cell's value as the user sees it: whole numbers without a point, numbers without an exponent.

    Spreadsheets keep numbers binary and show 15 digits of them: 14.5 is meant, never 14.499999999999998.
    """
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        number = Decimal(f"{value:.15g}")
        return f"{number:f}".rstrip("0").rstrip(".") if "." in f"{number:f}" else f"{number:f}"
    if isinstance(value, int | Decimal):
        return f"{value:f}" if isinstance(value, Decimal) else str(value)
    return str(value).replace("\0", "").strip()


# --- handing out ------------------------------------------------------------------------------------------


def neutral(value: str) -> str:
    """A cell that no spreadsheet takes for a formula; numbers stay numbers."""
    if not value.startswith(_FORMULA):
        return value
    try:
        return value if Decimal(value).is_finite() else f"'{value}"
    except ArithmeticError:
        return f"'{value}"


def csv_bytes(rows: Iterable[Sequence[str]]) -> bytes:
    """Rows as CSV that spreadsheets read as UTF-8; nothing in it is worked out."""
    buffer = io.StringIO()
    csv.writer(buffer).writerows([neutral(cell) for cell in row] for row in rows)
    return ("\ufeff" + buffer.getvalue()).encode()


def xlsx_bytes(title: str, rows: Iterable[Sequence[str]]) -> bytes:
    """Rows as a workbook, the first being headings: every cell is text, so zeros in front stay."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    for number, row in enumerate(rows, 1):
        for index, value in enumerate(row, 1):
            cell = sheet.cell(number, index)
            cell.value, cell.data_type, cell.number_format = value or None, "s" if value else "n", "@"
            if number == 1:
                cell.font = Font(bold=True)
                sheet.column_dimensions[get_column_letter(index)].width = 24
    sheet.freeze_panes = "A2"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()

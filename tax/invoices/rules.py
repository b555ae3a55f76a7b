"""Rows of an invoice file: everything that is wrong with each of them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_noop as _
from openpyxl.utils import get_column_letter

from reference.problems import Problem
from reference.sheets import Cell, Layout, PlainColumn, Row
from tax.lines import Key

COLUMNS = (
    PlainColumn("list_no", "清单编号", _("List number"), required=True),
    PlainColumn("gnum", "商品序号", _("Line"), required=True),
    PlainColumn("invoice_no", "发票号码", _("Invoice number"), required=True),
    PlainColumn("invoice_date", "开票日期", _("Invoice date"), required=True),
    PlainColumn("seller", "销售方统一社会信用代码", _("Seller's USCC")),
)
LAYOUT = Layout("invoices", COLUMNS)
LIST_NO = re.compile(r"[0-9]{8}E[0-9]{9}")
# Paper invoices carry 8 digits (with a code of 10 or 12 before them), electronic ones 20.
INVOICE_NO = re.compile(r"[0-9]{8}|[0-9]{18}|[0-9]{20}")
USCC = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}")
MOST_LINE = 9999
OWN = ("invoice_no", "invoice_date", "seller")  # without all of these, a row says nothing of an invoice


@dataclass(frozen=True, slots=True)
class Invoice:
    """The invoice of one line."""

    key: Key
    number: str
    day: date
    seller: str

    @property
    def stored(self) -> dict[str, str]:
        """As it is kept with the line."""
        return {"number": self.number, "date": self.day.isoformat(), "seller": self.seller}


def check(rows: Sequence[Row], known: Mapping[Key, str], today: date) -> tuple[list[Invoice], list[Problem]]:
    """The invoices, and every fault of every row. `known`: lines of the month → why one cannot be marked, or ""."""
    found: dict[Key, tuple[int, Invoice]] = {}
    problems: list[Problem] = []
    for row in rows:
        if not any(row.text(code) for code in OWN):
            continue
        wrong = [*_of_line(row, known), *_of_invoice(row, today)]
        problems += wrong
        if wrong:
            continue
        one = _invoice(row)
        if one.key in found:
            text = _("This line stands in row {number} already: one invoice for a line.")
            problems.append(_at(row, "gnum", "twice", text, number=str(found[one.key][0])))
        else:
            found[one.key] = row.number, one
    if not found and not problems:
        text = _("No row names an invoice: fill in its number and date.")
        problems.append(Problem("invoices.none", "/", text))
    return [one for _number, one in found.values()], problems


def _of_line(row: Row, known: Mapping[Key, str]) -> Iterator[Problem]:
    list_no, gnum = row.text("list_no").upper(), row.text("gnum")
    is_list, is_line = (
        LIST_NO.fullmatch(list_no),
        gnum.isascii() and gnum.isdigit() and 0 < int(gnum) <= MOST_LINE,
    )
    if not is_list:
        text = _("{value} is no number of an export list: 18 characters, for example 02132026E000000001.")
        yield _at(row, "list_no", "list_no", text, value=list_no[:40] or "–")
    if not is_line:
        yield _at(row, "gnum", "line", _("{value} is no number of a line: 1, 2, 3 …"), value=gnum[:40] or "–")
    if is_list and is_line:
        why = known.get((list_no, int(gnum)), _("This line is not of this month."))
        if why:
            yield _at(row, "list_no", "unknown_line", why)


def _of_invoice(row: Row, today: date) -> Iterator[Problem]:
    if not INVOICE_NO.fullmatch(row.text("invoice_no")):
        text = _("{value} is no invoice number: 8 or 20 digits, as text so that no digit is lost.")
        yield _at(row, "invoice_no", "number", text, value=row.text("invoice_no")[:40] or "–")
    day = _day(row.cells.get("invoice_date"))
    if day is None:
        text = _("{value} is no date: write it like 2026-10-19.")
        yield _at(row, "invoice_date", "date", text, value=row.text("invoice_date")[:40] or "–")
    elif day > today:
        yield _at(row, "invoice_date", "future", _("The invoice is dated in the future."))
    if (seller := row.text("seller")) and not USCC.fullmatch(seller.upper()):
        text = _("{value} is no unified social credit code: 18 characters.")
        yield _at(row, "seller", "seller", text, value=seller[:40])


def _at(row: Row, column: str, code: str, text: str, **params: str) -> Problem:
    """A fault at its cell as spreadsheets name it; "row 5" where the file has no such column."""
    cell = row.cells.get(column)
    place = f"{get_column_letter(cell.index)}{row.number}" if cell else f"{row.number}"
    return Problem(f"invoices.{code}", place, text, params)


def _day(cell: Cell | None) -> date | None:
    """Excel's own dates come with a time."""
    text = (cell.value if cell else "").replace("/", "-").partition(" ")[0]
    if re.fullmatch(r"[0-9]{8}", text):
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    try:
        return date(*(int(part) for part in text.split("-")))
    except (ValueError, TypeError):
        return None


def _invoice(row: Row) -> Invoice:
    day = _day(row.cells.get("invoice_date"))
    assert day is not None  # noqa: S101 - `_of_invoice` saw to it
    key = row.text("list_no").upper(), int(row.text("gnum"))
    return Invoice(key, row.text("invoice_no"), day, row.text("seller").upper())

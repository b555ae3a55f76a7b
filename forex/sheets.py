"""Payout statements as tables: the template, and the rows of a file. How tables are read: `reference/sheets.py`."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from forex.statement_rules import MOST_LINES, Row
from reference import sheets
from reference.problems import Problem, Refused
from reference.sheets import MAX_BYTES, Layout, PlainColumn

__all__ = ["COLUMNS", "MAX_BYTES", "rows", "template"]

_COLUMNS = (
    PlainColumn("order_no", "订单编号", "Order number", required=True),
    PlainColumn("goods", "货款", "Goods", required=True),
    PlainColumn("freight", "运费", "Freight"),
    PlainColumn("commission", "佣金", "Commission"),
    PlainColumn("other_fees", "其他费用", "Other fees"),
    PlainColumn("refunds", "退款", "Refunds"),
)
COLUMNS = tuple(column.code for column in _COLUMNS)
LAYOUT = Layout("statement", _COLUMNS, most_rows=MOST_LINES)


def template() -> bytes:
    """An empty workbook with the columns and one example."""
    example = ["EO-EXAMPLE-0001", "29.00", "6.00", "5.25", "3.20", "0.00"]
    return sheets.xlsx_bytes("payout", [[column.heading for column in _COLUMNS], example])


def rows(name: str, data: bytes) -> list[Row]:
    """The rows of a file; `Refused` when it cannot be read, lacks a column, or has formulas in place of values."""
    found = sheets.read(data, sheets.format_of(name, data, LAYOUT), LAYOUT)
    message = _("Formulas are not worked out: paste the value in place of the formula.")
    formulas = [
        Problem("statement.formula", f"/row {row.number}/{code}", message)
        for row in found
        for code, cell in row.cells.items()
        if cell.kind == "formula"
    ]
    if formulas:
        raise Refused(formulas)
    return [Row(f"row {row.number}", {code: row.text(code) for code in COLUMNS}) for row in found]

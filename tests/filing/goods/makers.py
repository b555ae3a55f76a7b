"""Goods, files and people of these tests, named after their situation."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from typing import Any

from openpyxl import Workbook

from accounts.models import Company
from accounts.permissions import Permission
from accounts.principals import Principal
from filing.goods import services
from filing.goods.columns import COLUMNS
from filing.goods.demo import export_rows
from filing.goods.reader import Cell, Row
from filing.goods.rules import Tables
from filing.models import GoodsBatch
from reference import selectors
from reference.datafiles import code_rows
from reference.models import Code
from trail.actors import Actor

TABLES = Tables(
    codes={
        "unit": frozenset({"015", "018", "035", "007"}),
        "country": frozenset({"142"}),
        "currency": frozenset({"502"}),
    },
    names={"unit": {"018": "卷"}},
    tariff={"6301400000": ("015", "035")},
)


def a_row(number: int = 2, **changed: str) -> Row:
    """EX01 as a row; `changed` cells, "" leaves one out."""
    told = export_rows()[0] | changed
    codes = [column.code for column in COLUMNS]
    cells = {code: Cell(told[code], codes.index(code) + 1) for code in codes if told.get(code)}
    return Row(number, cells)


def sheet(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """A workbook as a firm's own program writes it."""
    book = Workbook()
    page = book.worksheets[0]
    page.append([column.zh for column in COLUMNS])
    for row in rows:
        page.append([row.get(column.code) for column in COLUMNS])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def load_codes() -> None:
    """Units, countries, currencies and modes as customs has them."""
    wanted = {"unit", "country", "currency", "trade_mode"}
    rows = (row for row in code_rows() if row.table in wanted)
    Code.objects.bulk_create(Code(**{f: getattr(row, f) for f in row.__dataclass_fields__}) for row in rows)
    selectors.forget()


def a_filer(company: Company) -> Principal:
    """Somebody who files the company's goods."""
    held = {Permission.GOODS_FILE, Permission.FILING_READ, Permission.SUBMISSION_READ}
    actor = Actor("person", f"filer-{company.pk}", "filer", company.name)
    return Principal(actor, frozenset(held), companies=(company,), company=company)


def filed(company: Company, data: bytes, name: str = "goods.xlsx") -> GoodsBatch:
    """The batch of that file, checked."""
    submission = services.file_at_once(
        data, name=name, principal=a_filer(company), company=company, channel="test"
    )
    return submission.goods_batch

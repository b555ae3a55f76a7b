"""Goods files as they come from people: XLSX, CSV or JSON lines. How tables are read: `reference/sheets.py`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_noop as _

from filing.goods.columns import BY_CODE, COLUMNS
from reference import sheets
from reference.problems import Problem, Refused
from reference.sheets import CSV, MAX_BYTES, MAX_ROWS, XLSX, XLSX_DOWNLOAD, Cell, Row, cell_of, text_of

__all__ = [
    "CSV",
    "JSON_LINES",
    "LAYOUT",
    "MAX_BYTES",
    "XLSX",
    "XLSX_DOWNLOAD",
    "Cell",
    "Row",
    "check_package",
    "format_of",
    "read",
    "text_of",
]

JSON_LINES = "application/x-ndjson"
LAYOUT = sheets.Layout("goods", COLUMNS)


def format_of(name: str, data: bytes) -> str:
    """The content type by what the bytes are; `Refused` for anything else than XLSX and CSV."""
    return sheets.format_of(name, data, LAYOUT)


def check_package(data: bytes) -> None:
    """A bomb, a macro or a link is refused before anything is unpacked."""
    sheets.check_package(data, LAYOUT)


def read(data: bytes, content_type: str) -> list[Row]:
    """Every row that is not empty; `Refused` with everything that is wrong with the file as a whole."""
    if content_type == JSON_LINES:
        return list(_objects(data))
    return sheets.read(data, content_type, LAYOUT)


def _objects(data: bytes) -> Iterator[Row]:
    """JSON lines: one object a line, keys are the codes of the columns."""
    lines = data.splitlines()
    if len(lines) > MAX_ROWS:
        raise LAYOUT.refused(
            "file.rows", _("The file has more than {most} rows: split it."), most=str(MAX_ROWS)
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
        raise LAYOUT.refused("file.empty", _("The file is empty."))
    yield from rows


def _json_cell(key: str, value: Any) -> Cell | None:
    if isinstance(value, list):
        value = " ".join(text_of(one) for one in value)
    return cell_of(value, 0) if key in BY_CODE else None

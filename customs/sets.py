"""Many rows in one statement: COPY in, UPDATE … FROM (VALUES …)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from typing import Any, cast
from uuid import UUID

from django.db import connection, models

Row = Mapping[str, Any]
JSONB = 3802  # PostgreSQL's type number; Django keeps psycopg2 from reading it
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _text(value: object) -> str:
    """A value as COPY's text format has it."""
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value.translate(_ESCAPES)
    if isinstance(value, bytes):
        return f"\\\\x{value.hex()}"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, Decimal | int | UUID):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be copied")


def _cell(field: models.Field, value: object) -> str:
    if isinstance(field, models.JSONField):
        return _text(json.dumps(value, ensure_ascii=False))
    if isinstance(value, list | tuple):
        return "{" + ",".join(_text(item) for item in value) + "}"
    return _text(value)


def _fields(model: type[models.Model]) -> list[models.Field]:
    """The columns that Python fills; what the database fills by default is left to it."""
    found = cast("list[models.Field]", model._meta.concrete_fields)
    return [field for field in found if not field.has_db_default()]


def copy(model: type[models.Model], rows: Sequence[Row]) -> int:
    """Insert `rows` (attribute name → value; left out: the field's default) by COPY; the number of rows."""
    if not rows:
        return 0
    fields = _fields(model)
    unknown = rows[0].keys() - {field.attname for field in fields}
    if unknown:
        raise ValueError(f"{model.__name__} has no {', '.join(sorted(unknown))}")
    lines = StringIO()
    for row in rows:
        cells = (_cell(f, row[f.attname] if f.attname in row else f.get_default()) for f in fields)
        lines.write("\t".join(cells) + "\n")
    lines.seek(0)
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    with connection.cursor() as cursor:
        cursor.cursor.copy_expert(f"COPY {model._meta.db_table} ({columns}) FROM STDIN", lines)
    return len(rows)


def values(sql: str, rows: Iterable[Sequence[Any]], *, template: str = "") -> list[tuple[Any, ...]]:
    """Run `sql`, in which `{values}` stands for all `rows`, in one statement; the rows it returns.

    `template` casts the places of a row ("(%s::uuid, %s::jsonb)"): VALUES alone takes strings for text.
    """
    rows = list(rows)
    if not rows:
        return []
    template = template or "(" + ", ".join(["%s"] * len(rows[0])) + ")"
    with connection.cursor() as cursor:
        written = b", ".join(cursor.cursor.mogrify(template, list(row)) for row in rows).decode()
        cursor.execute(sql.replace("{values}", f"VALUES {written}"))
        return cursor.fetchall() if cursor.description else []


def query(sql: str, params: Mapping[str, Any] | Sequence[Any] = ()) -> list[dict[str, Any]]:
    """The rows of a read as dictionaries; JSON read, bytes as bytes."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        columns = [(column.name, column.type_code == JSONB) for column in cursor.description or ()]
        return [
            {name: _read(value, is_json) for (name, is_json), value in zip(columns, row, strict=True)}
            for row in cursor.fetchall()
        ]


def _read(value: Any, is_json: bool) -> Any:
    if isinstance(value, memoryview):
        return bytes(value)
    return json.loads(value) if is_json and value is not None else value

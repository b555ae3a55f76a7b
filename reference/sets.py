"""Many rows in one statement: COPY in, UPDATE … FROM (VALUES …). For every room.

COPY goes by columns: what a column needs is looked up once for all rows, and the common case – a text without a
character that COPY would read as its own – is found by one search over the whole column.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from io import BytesIO
from typing import Any, cast
from uuid import UUID

import msgspec
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

Row = Mapping[str, Any]
Column = Iterable[Any]
Encoder = Callable[[Sequence[Any]], Iterable[str]]
JSONB = 3802  # PostgreSQL's type number; Django keeps psycopg2 from reading it
NULL = "\\N"
CHUNK = 1 << 20  # bytes handed over at a time
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_SPECIAL = re.compile(r"[\\\t\n\r]")
_QUOTED = re.compile(r"[\\\"]")


def _plain(value: object) -> object:
    """Texts and mappings of classes of their own are written as such."""
    if isinstance(value, str):
        return "".join((value,))
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} cannot be copied")


_JSON = msgspec.json.Encoder(enc_hook=_plain)


def _cell(value: object) -> str:
    """Any value as COPY's text format has it."""
    if value is None:
        return NULL
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


def _cells(column: Sequence[Any]) -> Iterable[str]:
    return map(_cell, column)


def _texts(column: Sequence[Any]) -> Iterable[str]:
    """The column as it is, when nothing in it is special and nothing missing."""
    try:
        plain = _SPECIAL.search("".join(column)) is None
    except TypeError:  # something that is no text
        plain = False
    return column if plain else map(_cell, column)


def _uuids(column: Sequence[Any]) -> Iterable[str]:
    return [f"{one.int:032x}" if isinstance(one, UUID) else _cell(one) for one in column]


def _json(column: Sequence[Any]) -> Iterable[str]:
    encode = _JSON.encode
    return [NULL if one is None else encode(one).decode().replace("\\", "\\\\") for one in column]


def _numbers(column: Sequence[Any]) -> Iterable[str]:
    """Also as the text they came as."""
    return [NULL if one is None else str(one) for one in column]


def _item(value: object) -> str:
    """One item of an array; texts in quotes, so that commas and braces are theirs."""
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return "NULL" if value is None else _cell(value)


def _arrays(column: Sequence[Any]) -> Iterable[str]:
    seen: dict[tuple[Any, ...], str] = {}
    for one in column:
        key = tuple(one)
        if key not in seen:
            seen[key] = _cell("{" + ",".join(map(_item, key)) + "}")
        yield seen[key]


def _encoder(field: models.Field) -> Encoder:
    if isinstance(field, models.ForeignKey):
        return _encoder(field.target_field)
    if isinstance(field, models.JSONField):
        return _json
    if isinstance(field, ArrayField):
        return _arrays
    if isinstance(field, models.UUIDField):
        return _uuids
    if isinstance(field, models.DecimalField | models.IntegerField):
        return _numbers
    return _texts if isinstance(field, models.CharField | models.TextField) else _cells


@cache
def _fields(model: type[models.Model]) -> Mapping[str, tuple[models.Field, Encoder]]:
    """The columns by attribute."""
    found = cast("list[models.Field]", model._meta.concrete_fields)
    return {field.attname: (field, _encoder(field)) for field in found}


@cache
def _filled(model: type[models.Model]) -> tuple[str, ...]:
    """What Python fills; what the database fills by default is left to it."""
    return tuple(
        name
        for name, (field, _encode) in _fields(model).items()
        if not field.has_db_default() and not isinstance(field, models.AutoField)
    )


def copy(model: type[models.Model], rows: Sequence[Row]) -> int:
    """Insert `rows` (attribute name → value; left out: the field's default) by COPY; the number of rows.

    What the database fills by itself is written only when the first row has it.
    """
    if not rows:
        return 0
    fields = _fields(model)
    if unknown := rows[0].keys() - fields.keys():
        raise ValueError(f"{model.__name__} has no {', '.join(sorted(unknown))}")
    names = dict.fromkeys((*_filled(model), *rows[0]))
    return _write(model, {name: _column(rows, name, fields[name][0]) for name in names})


def _column(rows: Sequence[Row], name: str, field: models.Field) -> list[Any]:
    try:
        return [row[name] for row in rows]
    except KeyError:
        return [row[name] if name in row else field.get_default() for row in rows]


def copy_tuples(model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[Any]]) -> int:
    """Insert `rows`, whose values stand in the order of the attributes `names`; the number of rows.

    A column that is not named is the database's to fill.
    """
    if not rows:
        return 0
    return _write(model, dict(zip(names, zip(*rows, strict=True), strict=True)))


def _write(model: type[models.Model], columns: Mapping[str, Sequence[Any]]) -> int:
    fields = _fields(model)
    cells = [fields[name][1](column) for name, column in columns.items()]
    lines = list(map("\t".join, zip(*cells, strict=True)))
    names = ", ".join(connection.ops.quote_name(str(fields[name][0].column)) for name in columns)
    data = BytesIO("\n".join(lines).encode())
    with connection.cursor() as cursor:
        cursor.cursor.copy_expert(f"COPY {model._meta.db_table} ({names}) FROM STDIN", data, CHUNK)
    return len(lines)


def array(items: Iterable[Any]) -> str:
    """An array as one literal ("{…}"): a parameter of a hundred items is read at once, not item by item."""
    column = list(items)
    if column and isinstance(column[0], UUID):
        return "{" + ",".join(_uuids(column)) + "}"
    try:
        plain = _QUOTED.search("".join(column)) is None
    except TypeError:  # something that is no text
        plain = False
    if plain and column:
        return '{"' + '","'.join(column) + '"}'
    return "{" + ",".join(map(_item, column)) + "}"


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
        described = cursor.description or ()
        names = [column.name for column in described]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    for column in described:
        if (read := _READERS.get(column.type_code)) is not None:
            for row in rows:
                row[column.name] = read(row[column.name])
    return rows


def _read_json(value: str | None) -> Any:
    return None if value is None else msgspec.json.decode(value)


def _read_bytes(value: memoryview | None) -> bytes | None:
    return None if value is None else bytes(value)


BYTEA = 17
_READERS: Mapping[int, Callable[[Any], Any]] = {JSONB: _read_json, BYTEA: _read_bytes}

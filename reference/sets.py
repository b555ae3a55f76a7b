"""Many rows in one statement: COPY in, UPDATE … FROM (VALUES …). For every room."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from datetime import date
from functools import cache
from io import StringIO
from typing import Any, NamedTuple, cast
from uuid import UUID

import msgspec
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

Row = Mapping[str, Any]
Encode = Callable[[Any], str]
JSONB = 3802  # PostgreSQL's type number; Django keeps psycopg2 from reading it
NULL = "\\N"
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_json = msgspec.json.Encoder()


def _string(value: str) -> str:
    return value.translate(_ESCAPES)


def _bytes(value: bytes) -> str:
    return f"\\\\x{value.hex()}"


def _uuid(value: UUID) -> str:
    """Without dashes: PostgreSQL reads both, and this is cheaper to write."""
    return f"{value.int:032x}"


def _boolean(value: bool) -> str:
    return "t" if value else "f"


def _moment(value: date) -> str:
    return value.isoformat()


def _document(value: object) -> str:
    """JSON. An empty list or object is what most rows have."""
    return ("[]" if isinstance(value, list) else "{}") if not value else _string(_json.encode(value).decode())


def _array(value: Sequence[object]) -> str:
    """Of numbers or of codes: no element holds a comma, a brace or a quote."""
    return "{" + ",".join(map(str, value)) + "}"


_ENCODERS: tuple[tuple[tuple[type[models.Field], ...], Encode], ...] = (
    ((models.JSONField,), _document),
    ((ArrayField,), _array),
    ((models.BinaryField,), _bytes),
    ((models.UUIDField,), _uuid),
    ((models.BooleanField,), _boolean),
    ((models.DateField,), _moment),
    ((models.CharField, models.TextField), _string),
    # Numbers also as the text they came as.
    ((models.DecimalField, models.IntegerField), str),
)


class Column(NamedTuple):
    """How a column is written: the attribute, its encoder, and the text of what a row leaves out."""

    attname: str
    encode: Encode
    default: str | None  # None: made for each row
    field: models.Field


def _encoder(field: models.Field) -> Encode:
    target = field
    while isinstance(target, models.ForeignKey):
        target = target.target_field
    for types, encode in _ENCODERS:
        if isinstance(target, types):
            return encode
    raise TypeError(f"{type(target).__name__} cannot be copied")


def _default(field: models.Field, encode: Encode) -> str | None:
    if callable(field.default) and field.default not in (list, dict):
        return None
    value = field.get_default()
    return NULL if value is None else encode(value)


@cache
def _columns(model: type[models.Model]) -> tuple[Column, ...]:
    """The columns that Python fills; what the database fills by default is left to it."""
    found = cast("list[models.Field]", model._meta.concrete_fields)
    filled = [(field, _encoder(field)) for field in found if not _by_database(field)]
    return tuple(Column(f.attname, encode, _default(f, encode), f) for f, encode in filled)


def _by_database(field: models.Field) -> bool:
    return field.has_db_default() or isinstance(field, models.AutoField)


@cache
def _copy_statement(model: type[models.Model], names: tuple[str, ...]) -> str:
    fields = {field.attname: field for field in cast("list[models.Field]", model._meta.concrete_fields)}
    columns = ", ".join(connection.ops.quote_name(str(fields[name].column)) for name in names)
    return f"COPY {model._meta.db_table} ({columns}) FROM STDIN"


def _cell(row: Row, column: Column) -> str:
    if column.attname in row:
        value = row[column.attname]
        return NULL if value is None else column.encode(value)
    if column.default is not None:
        return column.default
    value = column.field.get_default()
    return NULL if value is None else column.encode(value)


def copy(model: type[models.Model], rows: Sequence[Row]) -> int:
    """Insert `rows` (attribute name → value; left out: the field's default) by COPY; the number of rows.

    All rows fill the same columns. What the database fills by itself is written only when the first row
    has it.
    """
    if not rows:
        return 0
    columns = _columns(model)
    unknown = rows[0].keys() - {column.attname for column in columns}
    if unknown:
        columns += _given(model, unknown)
    text = "\n".join(["\t".join([_cell(row, column) for column in columns]) for row in rows])
    with connection.cursor() as cursor:
        statement = _copy_statement(model, tuple(column.attname for column in columns))
        cursor.cursor.copy_expert(statement, StringIO(text + "\n"))
    return len(rows)


def _given(model: type[models.Model], names: Set[str]) -> tuple[Column, ...]:
    """Columns with a default of the database that these rows fill all the same."""
    fields = {field.attname: field for field in cast("list[models.Field]", model._meta.concrete_fields)}
    if missing := names - fields.keys():
        raise ValueError(f"{model.__name__} has no {', '.join(sorted(missing))}")
    return tuple(Column(name, _encoder(fields[name]), None, fields[name]) for name in sorted(names))


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

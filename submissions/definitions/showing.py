"""Values as people read them: on pages, on papers, in the officials' desk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts.personal import mask_name, mask_phone
from reference.selectors import code_name
from submissions.definitions.definition import ServiceDefinition
from submissions.definitions.fields import TABLES, Field, Shape, Values
from submissions.registry import Text


@dataclass(frozen=True, slots=True)
class Shown:
    """A field with its value in words."""

    field: Field
    text: str
    is_code: bool = False
    is_long: bool = False
    table: tuple[tuple[str, ...], ...] = ()  # of a table, its rows; the head is the field's columns


@dataclass(frozen=True, slots=True)
class Part:
    """A section with what stands in it."""

    title: Text
    rows: list[Shown]


def shown(field: Field, value: Any, *, masked: bool = False) -> str:
    """The value in the reader's language; "" when there is none."""
    if value in (None, "", []):
        return ""
    if masked and field.personal:
        return masked_text(field, str(value))
    return _WORDS.get(field.shape, _as_it_is)(field, value)


def _table(field: Field, value: Any) -> tuple[tuple[str, ...], ...]:
    rows = [row for row in value or [] if isinstance(row, Mapping)]
    return tuple(tuple(_cell(column, row.get(column.code)) for column in field.columns) for row in rows)


def _cell(column: Field, value: Any) -> str:
    """A number in a table without the zeros its column stores."""
    if column.shape is Shape.DECIMAL and value not in (None, ""):
        return f"{Decimal(str(value)).normalize():,f}"
    return shown(column, value)


def _rows(field: Field, value: Any) -> str:
    """In one line, where no table can stand."""
    return "; ".join(" · ".join(cell for cell in row if cell) for row in _table(field, value))


def _as_it_is(field: Field, value: Any) -> str:
    return str(value)


def _chosen(field: Field, value: Any) -> str:
    names = dict(field.choices)
    return ", ".join(str(names.get(code, code)) for code in (value if isinstance(value, list) else [value]))


def _yes_no(field: Field, value: Any) -> str:
    return _("yes") if value in (True, "yes") else _("no")


def _coded(field: Field, value: Any) -> str:
    name = code_name(TABLES[field.shape], str(value))
    return f"{name} ({value})" if name else str(value)


def _number(field: Field, value: Any) -> str:
    try:
        number = f"{Decimal(str(value)):,}"
    except ArithmeticError:
        return str(value)
    if field.shape is Shape.MONEY:
        return f"{field.unit or 'CNY'} {number}"
    return f"{number} {field.unit}".strip()


_WORDS: Mapping[Shape, Callable[[Field, Any], str]] = {
    Shape.CHOICE: _chosen,
    Shape.CHOICES: _chosen,
    Shape.YES_NO: _yes_no,
    Shape.MONEY: _number,
    Shape.DECIMAL: _number,
    Shape.INTEGER: _number,
    Shape.ROWS: _rows,
    **dict.fromkeys(TABLES, _coded),
}


def masked_text(field: Field, text: str) -> str:
    """Personal data as those see it who only read."""
    masks: Mapping[Shape, Callable[[str], str]] = {Shape.PHONE: mask_phone, Shape.EMAIL: _mask_email}
    return masks.get(field.shape, mask_name)(text)


def _mask_email(text: str) -> str:
    name, _at, host = text.partition("@")
    return f"{mask_name(name)}@{host}"


def parts(
    definition: ServiceDefinition, values: Values, *, agency: str = "", masked: bool = False
) -> list[Part]:
    """The whole form in words; `agency`: only what that agency gets. Sections without a field are left out."""
    found = []
    for section in definition.sections:
        rows = [
            Shown(
                field,
                shown(field, values.get(field.code), masked=masked),
                is_code=field.shape is Shape.USCC,
                is_long=field.shape is Shape.LONG_TEXT,
                table=_table(field, values.get(field.code)) if field.shape is Shape.ROWS else (),
            )
            for field in section.fields
            if not agency or field.seen_by(agency)
        ]
        if rows:
            found.append(Part(section.title, rows))
    return found

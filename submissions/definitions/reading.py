"""From what somebody typed to values, with everything that is wrong with it; and the check of a whole form.

A draft keeps what was typed, so that nothing is lost that cannot be read yet. Values are what JSON can hold:
text, lists of texts, whole numbers, yes or no; decimals and dates as text ("12.50", "2026-11-23"); a table as a
list of rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from reference.numbers import uscc_problems
from reference.problems import Problem
from reference.selectors import code_sets
from submissions.definitions.definition import ServiceDefinition
from submissions.definitions.fields import TABLES, Field, Shape

Raw = Mapping[str, Any]
Read = tuple[Any, list[Problem]]
YES, NO = "yes", "no"
PHONE = re.compile(r"\+?[0-9][0-9 -]{5,18}[0-9]")
MOST_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Whole:
    """A form as read: values of what could be read, and every problem."""

    values: dict[str, Any]
    problems: list[Problem]


def field_path(problem: Problem) -> str:
    """The path of the field that a problem, perhaps in one of its rows, belongs to."""
    return "/" + problem.path.strip("/").split("/")[0]


def _wrong(field: Field, what: str, message: str, /, **params: object) -> Problem:
    return Problem(f"form.{what}", field.path, message, {name: str(value) for name, value in params.items()})


def plain(raw: Any) -> str:
    """One text out of whatever a form or a JSON body held."""
    if isinstance(raw, bool):
        return YES if raw else NO
    if isinstance(raw, (list, tuple)):
        return plain(raw[0]) if raw else ""
    return "" if raw is None else str(raw).replace("\x00", "").strip()


def _text(field: Field, text: str) -> Read:
    text = text.replace("\r\n", "\n")
    problems = []
    if len(text) > field.most:
        message = _("At most {most} characters; these are {length}.")
        problems.append(_wrong(field, "too_long", message, most=field.most, length=len(text)))
    if field.pattern and not re.fullmatch(field.pattern, text):
        problems.append(_wrong(field, "pattern", field.pattern_help or _("This is not the form expected.")))
    return text, problems


def _choice(field: Field, text: str) -> Read:
    if text in dict(field.choices):
        return text, []
    return None, [_wrong(field, "choice", _("Choose one of those offered."))]


def _day(field: Field, text: str) -> Read:
    try:
        day = date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII) else None
    except ValueError:
        day = None
    if day is None:
        return None, [_wrong(field, "date", _("This is not a date; write it as 2026-11-23."))]
    if field.not_after_today and day > timezone.localdate():
        return text, [_wrong(field, "future", _("This day is still to come."))]
    return text, []


def _number(field: Field, text: str) -> Read:
    places = 0 if field.shape is Shape.INTEGER else field.places
    try:
        number = Decimal(text.replace(",", "")) if re.fullmatch(r"-?[0-9,]+(\.[0-9]+)?", text) else None
    except InvalidOperation:
        number = None
    if number is None or len(text) > MOST_DIGITS + places:
        return None, [_wrong(field, "number", _("This is not a number."))]
    problems = _number_problems(field, number, places)
    if any(problem.code == "form.places" for problem in problems):
        return None, problems
    return (int(number) if field.shape is Shape.INTEGER else f"{number:.{places}f}"), problems


def _number_problems(field: Field, number: Decimal, places: int) -> list[Problem]:
    problems = []
    exponent = number.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > places:
        message = _("At most {places} decimal places.")
        problems.append(_wrong(field, "places", message, places=places))
    if field.least_value is not None and number < field.least_value:
        problems.append(_wrong(field, "too_little", _("At least {least}."), least=field.least_value))
    if field.most_value is not None and number > field.most_value:
        problems.append(_wrong(field, "too_much", _("At most {most}."), most=field.most_value))
    return problems


def _yes_no(field: Field, text: str) -> Read:
    known = {YES: True, NO: False, "true": True, "false": False}
    if text.lower() in known:
        return known[text.lower()], []
    return None, [_wrong(field, "yes_no", _("Answer yes or no."))]


def _code(field: Field, text: str) -> Read:
    text = text.upper()
    if text in code_sets().get(TABLES[field.shape], frozenset()):
        return text, []
    return None, [_wrong(field, "code", _("{code} is not a code of this table today."), code=text[:20])]


def _uscc(field: Field, text: str) -> Read:
    """The organisation code inside has a check of its own; registers hold some that fail it: a warning."""
    text = text.upper().replace(" ", "")
    found = [
        Problem(p.code, p.path, p.message, p.params, "warning") if p.code == "uscc.organisation_check" else p
        for p in uscc_problems(text, field.path)
    ]
    return text, found


def _email(field: Field, text: str) -> Read:
    try:
        validate_email(text)
    except ValidationError:
        return None, [_wrong(field, "email", _("This is not an e-mail address."))]
    return text, []


def _phone(field: Field, text: str) -> Read:
    if PHONE.fullmatch(text):
        return re.sub(r"[ -]", "", text), []
    return None, [_wrong(field, "phone", _("This is not a telephone number."))]


READERS: Mapping[Shape, Callable[[Field, str], Read]] = {
    Shape.TEXT: _text,
    Shape.LONG_TEXT: _text,
    Shape.CHOICE: _choice,
    Shape.DATE: _day,
    Shape.MONEY: _number,
    Shape.DECIMAL: _number,
    Shape.INTEGER: _number,
    Shape.YES_NO: _yes_no,
    Shape.COUNTRY: _code,
    Shape.CURRENCY: _code,
    Shape.UNIT: _code,
    Shape.USCC: _uscc,
    Shape.EMAIL: _email,
    Shape.PHONE: _phone,
}


def _choices(field: Field, raw: Any) -> Read:
    given = list(raw) if isinstance(raw, (list, tuple)) else [raw]
    wanted = {plain(one) for one in given} - {""}
    known = [code for code, _label in field.choices if code in wanted]
    if unknown := wanted - set(known):
        message = _("{codes}: not among those offered.")
        return known, [_wrong(field, "choice", message, codes=", ".join(sorted(unknown))[:200])]
    return known, []


def _rows(field: Field, raw: Any) -> Read:
    """A table: rows that are wholly empty are left out, the others are numbered as they stand."""
    given = [row for row in raw if isinstance(row, Mapping)] if isinstance(raw, (list, tuple)) else []
    filled = [row for row in given if any(plain(row.get(column.code)) for column in field.columns)]
    problems: list[Problem] = []
    if len(filled) > field.most_rows:
        message = _("At most {most} rows; these are {count}.")
        problems.append(_wrong(field, "too_many", message, most=field.most_rows, count=len(filled)))
    values = [_row(field, number, row, problems) for number, row in enumerate(filled[: field.most_rows], 1)]
    return values, problems


def _row(field: Field, number: int, raw: Raw, problems: list[Problem]) -> dict[str, Any]:
    values = {}
    for column in field.columns:
        value, found = read_field(column, raw.get(column.code))
        problems += [replace(one, path=f"{field.path}/{number}{one.path}") for one in found]
        if value is not None:
            values[column.code] = value
    return values


def read_field(field: Field, raw: Any) -> Read:
    """The value of one field and its problems; None for what is empty or cannot be read."""
    if field.shape in MANY:
        value, problems = MANY[field.shape](field, raw)
        empty = not value and not problems
    else:
        text = plain(raw)
        empty = not text
        value, problems = (None, []) if empty else READERS[field.shape](field, text)
    if empty and field.required:
        return None, [_wrong(field, "required", _("This is needed."))]
    return (None if empty else value), problems


def read(definition: ServiceDefinition, raw: Raw, only: frozenset[str] | None = None) -> Whole:
    """Every field and every rule at once. `only`: read and judge just these fields (an answer to an agency)."""
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    asked = [field for field in definition.fields if only is None or field.code in only]
    for field in asked:
        value, found = read_field(field, raw.get(field.code))
        problems += found
        if value is not None:
            values[field.code] = value
    faulty = {field_path(problem) for problem in problems if problem.level == "error"}
    for field in asked:
        if field.check and field.code in values and field.path not in faulty:
            problems += field.check(values[field.code], values)
    if only is None:
        problems += definition.check(values)
    return Whole(values, problems)


MANY: Mapping[Shape, Callable[[Field, Any], Read]] = {Shape.CHOICES: _choices, Shape.ROWS: _rows}


def errors(problems: list[Problem]) -> list[Problem]:
    """Those that stand in the way; warnings do not."""
    return [problem for problem in problems if problem.level == "error"]

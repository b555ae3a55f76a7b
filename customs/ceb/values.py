"""One value against its field: a fast yes, or every reason why not.

`clean(field)` compiles a predicate that says at once "nothing to remark"; only when it says no does `remarks`
go through all rules. The schema's acceptance is judged on the value as the schema sees it (white space
collapsed for numbers and some strings), never on a friendlier reading.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import lru_cache

from customs.ceb.spec import Field

Remark = tuple[str, dict[str, str]]  # code, params
Predicate = Callable[[str], bool]

SPACE = " \t\r\n"  # what XML calls white space
_RUNS = re.compile(f"[{SPACE}]+")
_DECIMAL = re.compile(r"-?([0-9]{1,30})(?:\.([0-9]{1,30}))?", re.ASCII)
_INT = re.compile(r"[0-9]{1,24}", re.ASCII)
_TIME = re.compile(r"[0-9]{14}(?:[0-9]{3})?", re.ASCII)
_INT_MAX = 2**31 - 1
_FORMS = {"time14": "YYYYMMDDhhmmss", "time17": "YYYYMMDDhhmmssSSS"}


def is_date(text: str) -> bool:
    """Eight digits that are a day of the calendar."""
    return len(text) == len("YYYYMMDD") and text.isascii() and text.isdigit() and _is_day(text)


@lru_cache(maxsize=4096)
def _is_day(text: str) -> bool:
    try:
        date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return False
    return True


def _is_clock(text: str) -> bool:
    return text[:2] < "24" and text[2:4] < "60" and text[4:] < "60"


def is_time(text: str) -> bool:
    """14 or 17 digits that are a real time of day on a real day."""
    return bool(_TIME.fullmatch(text)) and is_date(text[:8]) and _is_clock(text[8:14])


def seen(field: Field, text: str) -> str:
    """The value as the schema sees it before it counts."""
    if field.base == "string":
        return _RUNS.sub(" ", text).strip(" ") if field.collapse else text
    return text.strip(SPACE)


def _decimal(field: Field, value: str) -> Iterator[Remark]:
    form = _DECIMAL.fullmatch(value)
    if not form:
        yield "ceb.decimal.form", {}
        return
    whole, fraction = form[1].lstrip("0"), (form[2] or "").rstrip("0")
    if field.total_digits is not None and len(whole) + len(fraction) > field.total_digits:
        yield "ceb.digits.total", {"max": str(field.total_digits)}
    if field.fraction_digits is not None and len(fraction) > field.fraction_digits:
        yield "ceb.digits.fraction", {"max": str(field.fraction_digits)}


def _int(field: Field, value: str) -> Iterator[Remark]:
    if not _INT.fullmatch(value):
        yield "ceb.int.form", {}
        return
    digits = len(value.lstrip("0"))
    if int(value) > _INT_MAX:
        yield "ceb.int.range", {}
    if field.total_digits is not None and digits > field.total_digits:
        yield "ceb.digits.total", {"max": str(field.total_digits)}
    if field.spec_max is not None and digits > field.spec_max:
        yield "ceb.spec.digits", {"max": str(field.spec_max)}


def _kind(field: Field, value: str) -> Iterator[Remark]:
    if field.kind == "date8" and not is_date(value):
        yield "ceb.date.form", {}
    elif field.kind in _FORMS and not is_time(value):
        yield "ceb.time.form", {"form": _FORMS[field.kind]}
    elif field.kind == "digits" and not (value.isascii() and value.isdigit()):
        yield "ceb.digits.form", {}
    elif field.kind == "guid" and value != value.upper():
        yield "ceb.spec.guid", {}


def _string(field: Field, value: str) -> Iterator[Remark]:
    length, most = len(value), field.max_length
    spec_min = max(field.spec_min or 0, field.min_length)
    spec_max = min((n for n in (field.spec_max, most) if n is not None), default=None)
    if length < field.min_length or (most is not None and length > most):
        yield "ceb.length", {"length": str(length), "min": str(field.min_length), "max": str(most or "…")}
    elif length < spec_min or (spec_max is not None and length > spec_max):
        yield "ceb.spec.length", {"length": str(length), "min": str(spec_min), "max": str(spec_max or "…")}
    if field.fixed and value != field.fixed:
        yield "ceb.value.fixed", {"fixed": field.fixed}
    yield from _kind(field, value)
    if field.values and value not in field.values:
        yield "ceb.spec.value", {"value": value, "allowed": ", ".join(sorted(field.values))}
    if not value.strip(SPACE):
        if field.mandatory:
            yield "ceb.spec.mandatory", {}
    elif value != value.strip(SPACE):
        yield "ceb.spec.space", {}


def _empty(field: Field) -> Iterator[Remark]:
    # A schema puts the default or fixed value in the place of an element without content: that is valid.
    filled = bool(field.default or field.fixed)
    if not filled and (field.base != "string" or field.min_length > 0):
        yield "ceb.value.empty", {}
    elif field.mandatory:
        yield "ceb.spec.mandatory", {}


def remarks(field: Field, text: str) -> list[Remark]:
    """Everything to be said about the raw `text` of `field`: code and parameters (without the name)."""
    if not text:
        return list(_empty(field))
    value = seen(field, text)
    if field.base == "decimal":
        return list(_decimal(field, value))
    return list(_int(field, value) if field.base == "int" else _string(field, value))


def _clean_number(field: Field) -> Predicate:
    if field.base == "int":
        digits = min(n for n in (field.total_digits, field.spec_max, 9) if n is not None)
        pattern = re.compile(rf"[0-9]{{1,{digits}}}", re.ASCII)
    else:
        whole = (field.total_digits or 19) - (field.fraction_digits or 0)
        pattern = re.compile(rf"[0-9]{{1,{whole}}}(?:\.[0-9]{{1,{field.fraction_digits or 1}}})?", re.ASCII)
    match = pattern.fullmatch
    return lambda text: match(text) is not None


def _clean_string(field: Field) -> Predicate:
    least = max(field.min_length, field.spec_min or 0, 1)
    most = min((n for n in (field.spec_max, field.max_length) if n is not None), default=10**9)
    if field.kind in _FORMS or field.kind == "date8":
        real = is_date if field.kind == "date8" else is_time
        return lambda text: len(text) == most and real(text)
    if field.fixed:
        fixed = field.fixed
        return lambda text: text == fixed
    if field.values:
        values = frozenset(value for value in field.values if least <= len(value) <= most)
        return lambda text: text in values
    if field.kind == "digits":
        return lambda text: least <= len(text) <= most and text.isascii() and text.isdigit()
    if field.kind == "guid":
        return lambda text: least <= len(text) <= most and text == text.upper() and text == text.strip()
    return lambda text: least <= len(text) <= most and text == text.strip()


def clean(field: Field) -> Predicate:
    """A predicate on non-empty raw text: True means `remarks` would be empty (False means: ask `remarks`)."""
    return _clean_string(field) if field.base == "string" else _clean_number(field)

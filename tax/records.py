"""Particulars that an enterprise adds to its platform record, as text that JSON can keep."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext_noop as _

from reference.problems import Problem
from tax.lines import SIX

_READ: Mapping[str, Callable[[str], object]] = {
    "export_date": date.fromisoformat,
    "quantity": Decimal,
    "unit_price": Decimal,
    "amount": Decimal,
}
UNIT_LENGTH = 3


def read_completed(stored: Mapping[str, str]) -> dict[str, object]:
    """The values the text stands for."""
    return {name: _READ.get(name, str)(text) for name, text in stored.items() if name in SIX}


def problems(given: Mapping[str, str]) -> list[Problem]:
    """What is wrong with the particulars given, all of it."""
    found = []
    for name, text in given.items():
        try:
            value = _READ.get(name, str)(text.strip())
        except (ValueError, InvalidOperation):
            value = ""
        wrong = value in ("", None) or (isinstance(value, Decimal) and not (value.is_finite() and value > 0))
        if name not in SIX or wrong or (name == "unit" and len(text.strip()) != UNIT_LENGTH):
            found.append(Problem("record.invalid", f"/{name}", _("This is no value for the record.")))
    return found

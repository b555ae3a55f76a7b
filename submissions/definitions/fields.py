"""The fields of a form: their shape, their limits, and who may see them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from reference.problems import Problem
from submissions.registry import Text

if TYPE_CHECKING:
    from accounts.models import Company

Values = Mapping[str, Any]


class Shape(StrEnum):
    """What a field holds; `reading.py` says how it is read, `showing.py` how it is shown."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    CHOICE = "choice"
    CHOICES = "choices"
    DATE = "date"
    MONEY = "money"
    DECIMAL = "decimal"
    INTEGER = "integer"
    YES_NO = "yes_no"
    COUNTRY = "country"
    CURRENCY = "currency"
    UNIT = "unit"
    USCC = "uscc"
    EMAIL = "email"
    PHONE = "phone"
    ROWS = "rows"


# Shapes that are codes of a reference table.
TABLES: Mapping[Shape, str] = {
    Shape.COUNTRY: "country",
    Shape.CURRENCY: "currency",
    Shape.UNIT: "unit",
}


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a form.

    `most`: characters of a text. `least_value`, `most_value`, `places`: of numbers; `unit` stands beside them
    ("CNY", "m²"). `pattern` with `pattern_help`: a full match that a text must give. `not_after_today`: of a
    date. `check(value, values)`: rules of its own; their problems are shown at the field. `prefill(company)`:
    what we know already ("" = nothing). `columns`, `most_rows`: of a table that is filled in row by row; its value
    is a list of what the columns hold, and a problem's path names row and column ("/goods/2/quantity").
    `visible_to`: codes of the agencies that get it; empty = all of them.
    `personal`: masked on the screens of those who only read.
    """

    code: str
    label: Text
    shape: Shape = Shape.TEXT
    help: Text = ""
    required: bool = True
    most: int = 200
    least_value: Decimal | int | None = None
    most_value: Decimal | int | None = None
    places: int = 2
    unit: str = ""
    choices: tuple[tuple[str, Text], ...] = ()
    pattern: str = ""
    pattern_help: str = ""
    not_after_today: bool = False
    check: Callable[[Any, Values], list[Problem]] | None = None
    prefill: Callable[[Company], Any] | None = None
    columns: tuple[Field, ...] = ()
    most_rows: int = 50
    visible_to: tuple[str, ...] = ()
    personal: bool = False

    @property
    def path(self) -> str:
        """Where a problem of this field is."""
        return f"/{self.code}"

    def seen_by(self, agency_code: str) -> bool:
        """Whether that agency gets the field."""
        return not self.visible_to or agency_code in self.visible_to

    def column(self, code: str) -> Field | None:
        """The column of that code."""
        return next((column for column in self.columns if column.code == code), None)

"""What is wrong in a cell, and how it is mended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from openpyxl.utils import get_column_letter

from filing.goods.columns import BY_CODE
from reference.problems import Problem


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem at a row (1 = the heading) and a place; `index` 0 when the file as a whole is meant.

    `fix` is a msgid with the places of the problem's parameters.
    """

    row: int
    field: str
    index: int
    value: str
    problem: Problem
    fix: str = ""

    @property
    def cell(self) -> str:
        """The cell as spreadsheets name it; empty for the whole file."""
        return f"{get_column_letter(self.index)}{self.row}" if self.index and self.row else ""

    @property
    def column(self) -> str:
        """The column's name in the reader's language."""
        found = BY_CODE.get(self.field)
        return str(found.label) if found else ""

    @property
    def text(self) -> str:
        """What is wrong, in the reader's language."""
        return self.problem.text

    @property
    def remedy(self) -> str:
        """What to do, in the reader's language."""
        return gettext(self.fix).format(**self.problem.params) if self.fix else ""

    def as_stored(self) -> dict[str, Any]:
        """The shape kept with the batch."""
        return {
            "row": self.row,
            "field": self.field,
            "index": self.index,
            "value": self.value[:200],
            "fix": self.fix,
            "problem": self.problem.as_stored(),
        }

    @classmethod
    def from_stored(cls, row: Mapping[str, Any]) -> Finding:
        """The finding kept by `as_stored`."""
        return cls(**(dict(row) | {"problem": Problem.from_stored(row["problem"])}))

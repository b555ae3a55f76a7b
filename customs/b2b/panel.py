"""What the page of a submission shows of a B2B export, to its exporter, its declarant and customs."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from customs.b2b.judging import CODE
from customs.b2b.law import clocks_of, source_of
from customs.b2b.preview import reason_rows, source_rows
from customs.b2b.relief import months_after
from customs.b2b.returns import UNRELIEVED, decided, words
from customs.b2b.rules import DIRECT
from customs.models import B2BDeclaration, B2BLine, B2BReturn, B2BVerdict
from submissions import panels
from submissions.definitions.panel import panel as form_panel
from submissions.models import Submission
from submissions.panels import Panel

if TYPE_CHECKING:
    from accounts.principals import Principal


def register() -> None:
    """After the service itself: this panel stands above the form's."""
    panels.register_panel(CODE, panel)


@dataclass(frozen=True, slots=True)
class ReturnRow:
    """Goods that came back, with why no relief was given."""

    row: B2BReturn
    reasons: list[str]


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line with what is still abroad."""

    row: B2BLine
    back: Decimal

    @property
    def left(self) -> Decimal:
        """What has not come back."""
        return self.row.quantity - self.back


def panel(submission: Submission, principal: Principal) -> Panel:
    """The form's panel with the record above it; nothing of the record to strangers."""
    context = dict(form_panel(submission, principal).context)
    row = B2BDeclaration.objects.select_related("declarant", "company").filter(submission=submission).first()
    shown = shown_of(row) if row is not None and context["near"] else None
    return Panel("customs/b2b/_panel.html", context | {"b2b": shown})


def shown_of(row: B2BDeclaration) -> dict[str, Any]:
    """What panel and case both show; a fixed number of queries."""
    returns = list(
        B2BReturn.objects.filter(line__declaration=row).select_related("line").order_by("entered_at")
    )
    lines = [
        LineRow(line, sum((one.quantity for one in returns if one.line_id == line.pk), Decimal(0)))
        for line in row.lines.all()
    ]
    return {
        "row": row,
        "verdict": B2BVerdict(row.verdict),
        "claimed": row.trade_mode,
        "fitting": row.fitting_mode,
        "wrong": row.wrongly_claimed,
        "overridden": B2BVerdict(row.overridden_as) if row.overridden_as else None,
        "rows": reason_rows(row.reasons),
        "lines": lines,
        "returns": [return_row(one, row) for one in returns],
        "windows": windows(row),
    }


def return_row(one: B2BReturn, declaration: B2BDeclaration) -> ReturnRow:
    """With the reasons in words."""
    found = decided(declaration, one.returned_on)
    codes = tuple(code for code in one.unrelieved if code in UNRELIEVED)
    said = words(found, codes, declaration.trade_mode) if found else []
    return ReturnRow(one, [problem.text for problem in said])


def windows(row: B2BDeclaration) -> dict[str, Any] | None:
    """Until when goods can come back, and until when free of tax; None while they have not left."""
    if row.export_date is None or row.released_on is None:
        return None
    clocks = clocks_of(row.export_date, row.declared_on)
    return {
        "taken": row.trade_mode in clocks.modes,
        "return_until": months_after(row.released_on, clocks.return_months),
        "relief_until": months_after(row.export_date, clocks.relief_months) if clocks.relief_months else None,
        "sources": source_rows(
            source_of("b2b_return_months", row.export_date),
            source_of("b2b_return_9710", row.export_date) if row.trade_mode == DIRECT else None,
            source_of("return_relief_months", row.declared_on),
        ),
    }

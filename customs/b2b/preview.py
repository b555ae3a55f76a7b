"""What the rules say, as a part of a page: before handing in, on the submission, and in customs' case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import get_language

from customs.b2b.judging import judged
from customs.b2b.law import source_of
from customs.b2b.records import as_stored
from customs.b2b.rules import Source
from customs.export.currencies import letters
from customs.models import B2BVerdict
from reference.problems import Problem
from submissions.panels import Panel

if TYPE_CHECKING:
    from accounts.models import Company


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """A condition in words. `standing`: firm, contested or unverified."""

    mode: str
    met: bool
    text: str
    source: str
    standing: str
    note: str


def reason_rows(stored: Iterable[Mapping[str, Any]]) -> list[ReasonRow]:
    """The conditions in the reader's language, the unmet first."""
    chinese = (get_language() or "zh").startswith("zh")
    rows = [
        ReasonRow(
            mode=str(one["mode"]),
            met=bool(one["met"]),
            text=Problem.from_stored(one["problem"]).text,
            source=str(one["source"]),
            standing=str(one["standing"]),
            note=str(one["note_zh" if chinese else "note_en"]),
        )
        for one in stored
    ]
    return sorted(rows, key=lambda row: row.met)


@dataclass(frozen=True, slots=True)
class SourceRow:
    """Where a rule stands, in the reader's language."""

    source: str
    standing: str
    note: str


def source_rows(*sources: Source | None) -> list[SourceRow]:
    """The sources that there are."""
    chinese = (get_language() or "zh").startswith("zh")
    return [
        SourceRow(one.text, one.standing, one.note_zh if chinese else one.note_en) for one in sources if one
    ]


def preview(company: Company, values: Mapping[str, Any]) -> Panel | None:
    """The classification of what stands in the form; nothing while no mode is chosen."""
    if not values.get("trade_mode"):
        return None
    found = judged(company, values)
    told = found.classification
    context = {
        "verdict": B2BVerdict(told.verdict),
        "claimed": told.claimed,
        "fitting": told.fitting,
        "wrong": told.wrongly_claimed,
        "rows": reason_rows(as_stored(one) for one in told.reasons),
        "against_list": found.against_list,
        "hs_digits": found.hs_digits,
        "list_sources": source_rows(
            source_of("b2b_list_limit", timezone.localdate()),
            source_of("b2b_list_hs_digits", timezone.localdate()),
        ),
        "total": found.total,
        "currency": letters(str(values.get("currency", ""))),
    }
    return Panel("customs/b2b/_preview.html", context)

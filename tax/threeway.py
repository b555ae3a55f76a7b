"""A month three ways: what the portal declared, what customs' closed lists say, what tax's comparison said.

One row for every line declared and for every line of the month's lists that was not, with the reason (rules R3.02:
platform, customs and tax reconcile by list number).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tax.lines import Key
from tax.models import DeclaredLine, ExemptionDeclaration
from tax.rules import Reason
from tax.selectors import SheetLine, effective_cny, sheet

Verdict = Literal["equal", "differs", "waiting", "not_declared", "reversal"]
VERDICTS: dict[str, Promise] = {
    "equal": gettext_lazy("all three agree"),
    "differs": gettext_lazy("they differ"),
    "waiting": gettext_lazy("not compared yet"),
    "not_declared": gettext_lazy("not declared"),
    "reversal": gettext_lazy("taken back: the goods returned"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line three ways; amounts in `currency`, None where that side has nothing. `cny`: what it comes to now."""

    path: str
    export_date: date | None
    closed_on: date | None
    goods_name: str
    hs10: str
    currency: str
    portal: Decimal | None
    customs: Decimal | None
    tax: Decimal | None
    verdict: Verdict
    outcome: str = ""
    decision: str = ""
    cny: Decimal | None = None
    reasons: tuple[Reason, ...] = ()

    @property
    def verdict_text(self) -> str:
        """In the active language."""
        return str(VERDICTS[self.verdict])

    @property
    def outcome_text(self) -> str:
        """What the comparison said of the line."""
        return str(DeclaredLine.Outcome(self.outcome).label) if self.outcome else ""

    @property
    def decision_text(self) -> str:
        """How two officials settled it."""
        return str(DeclaredLine.Decision(self.decision).label) if self.decision else ""


@dataclass(frozen=True, slots=True)
class ThreeWay:
    """All rows, by list number and line."""

    declaration: ExemptionDeclaration
    rows: tuple[Row, ...]

    def of(self, *verdicts: Verdict) -> tuple[Row, ...]:
        """Those with one of these verdicts."""
        return tuple(row for row in self.rows if row.verdict in verdicts)

    @property
    def counts(self) -> list[tuple[str, Promise, int]]:
        """(code, words, how many), empty ones left out."""
        found = [(code, words, sum(r.verdict == code for r in self.rows)) for code, words in VERDICTS.items()]
        return [one for one in found if one[2]]


def three_way(declaration: ExemptionDeclaration) -> ThreeWay:
    """The declaration beside the month's lists as they are now."""
    now = {line.candidate.key: line for line in sheet(declaration.company, declaration.month).lines}
    declared = list(declaration.lines.all())
    taken = {(line.list_no, line.gnum) for line in declared}
    rows = [_declared(line, now.get((line.list_no, line.gnum))) for line in declared]
    rows += [_not_declared(line) for key, line in now.items() if key not in taken]
    return ThreeWay(declaration, tuple(sorted(rows, key=lambda row: _order(row.path))))


def _order(path: str) -> Key:
    list_no, _slash, gnum = path.rpartition("/")
    return list_no, int(gnum)


def _declared(line: DeclaredLine, now: SheetLine | None) -> Row:
    is_reversal = line.kind == "reversal"
    listed = now.candidate if now is not None and not is_reversal else None
    return Row(
        path=str(line),
        export_date=line.export_date,
        closed_on=listed.closed_on if listed else None,
        goods_name=line.goods_name,
        hs10=line.hs10,
        currency=line.currency,
        portal=line.amount,
        customs=listed.list_amount if listed and listed.closed_on else None,
        tax=line.customs_amount if line.outcome and not is_reversal else None,
        verdict=_verdict(line, listed.list_amount if listed else None),
        outcome="" if is_reversal else line.outcome,
        decision=line.decision,
        cny=effective_cny(line),
    )


def _verdict(line: DeclaredLine, listed: Decimal | None) -> Verdict:
    if line.kind == "reversal":
        return "reversal"
    if line.outcome not in ("", "equal") or listed != line.amount:
        return "differs"
    return "equal" if line.outcome else "waiting"


def _not_declared(line: SheetLine) -> Row:
    one = line.candidate
    return Row(
        path=one.path,
        export_date=one.export_date,
        closed_on=one.closed_on,
        goods_name=one.goods_name,
        hs10=one.hs10 or one.hs,
        currency=one.currency,
        portal=one.amount,
        customs=one.list_amount if one.closed_on else None,
        tax=None,
        verdict="not_declared",
        reasons=line.reasons,
    )


def table(found: ThreeWay) -> Iterator[Sequence[str]]:
    """The same as rows of text, headings first, in the active language."""
    yield (
        _("List / line"), _("Exported"), _("Closed by customs"), _("Goods"), _("HS code"), _("Currency"),
        _("Portal"), _("Customs' list"), _("Tax's comparison"), _("Result"), _("Comparison"), _("Settled"),
        "CNY", _("Reasons"),
    )  # fmt: skip
    for row in found.rows:
        yield (
            row.path, _day(row.export_date), _day(row.closed_on), row.goods_name, row.hs10, row.currency,
            _number(row.portal), _number(row.customs), _number(row.tax), row.verdict_text, row.outcome_text,
            row.decision_text, _number(row.cny), " ".join(reason.text for reason in row.reasons),
        )  # fmt: skip


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _number(value: Decimal | None) -> str:
    return "" if value is None else str(value)

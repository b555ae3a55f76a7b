"""Reads of this room: a month's sheet, who may see which declaration."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from accounts.models import Company
from submissions.reading import once
from tax import sources
from tax.law import law
from tax.lines import Candidate, Exclusion, Key, of_closed
from tax.models import (
    IN_FORCE,
    UNDER_WAY,
    DeclaredLine,
    ExemptedLine,
    ExemptionDeclaration,
    PlatformRecord,
    Settlement,
)
from tax.money import sums, to_cny
from tax.records import read_completed
from tax.rules import Reason, judge
from tax.sources import Rate

if TYPE_CHECKING:
    from accounts.principals import Principal

AGENCY, CUSTOMS = "tax", "customs"
SERVICE = "exemption-declaration"
EXCLUDED = "excluded"  # why a line is reversed: two officials took it out


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A candidate with what was found. `kept`: declared and exempted before it came back; it stays declared."""

    candidate: Candidate
    reasons: tuple[Reason, ...]
    rate: Rate | None
    cny: Decimal | None
    declared: bool = False
    reversed_in: date | None = None

    @property
    def is_exempt(self) -> bool:
        """Nothing is in the way; or it was exempted and came back in a later month, where that counts."""
        return not self.reasons or self.reversed_in is not None

    @property
    def main(self) -> Reason | None:
        """The reason shown first."""
        return None if self.is_exempt else self.reasons[0]

    @property
    def needs_attention(self) -> bool:
        """Somebody has to look before it can be said."""
        return not self.is_exempt and all(reason.attention for reason in self.reasons)


@dataclass(frozen=True, slots=True)
class Total:
    """Lines counted and summed as they stand in the table."""

    count: int
    amounts: dict[str, Decimal]
    cny: Decimal


def total(lines: Iterable[SheetLine]) -> Total:
    """Sums of rounded lines."""
    rows = list(lines)
    amounts = sums((row.candidate.currency, row.candidate.amount or Decimal(0)) for row in rows)
    return Total(len(rows), amounts, sum((row.cny or Decimal(0) for row in rows), Decimal(0)))


@dataclass(frozen=True, slots=True)
class Sheet:
    """A company's month: every candidate line, and the reversals that count in it."""

    company: Company
    month: date
    lines: tuple[SheetLine, ...]
    reversals: tuple[ExemptedLine, ...]
    current: ExemptionDeclaration | None
    under_way: ExemptionDeclaration | None

    @property
    def exempt(self) -> tuple[SheetLine, ...]:
        """What would be declared."""
        return tuple(row for row in self.lines if row.is_exempt)

    @property
    def excluded(self) -> tuple[SheetLine, ...]:
        """What would not, each with its reasons."""
        return tuple(row for row in self.lines if not row.is_exempt)

    @property
    def cny(self) -> Decimal:
        """Exempt lines less reversals."""
        return total(self.exempt).cny - sum((row.cny for row in self.reversals), Decimal(0))


@once
def sheet(company: Company, month: date) -> Sheet:
    """The month as it stands now, from closed lists, platform records and filings."""
    source = sources.get()
    candidates = [of_closed(line) for line in source.closed_lines(company, month)]
    known = {row.key: row for row in _completed(company, candidates)}
    held = _held(known)
    versions = {row.state: row for row in ExemptionDeclaration.objects.filter(company=company, month=month)}
    current = next((versions[s] for s in IN_FORCE if s in versions), None)
    under_way = next((versions[s] for s in UNDER_WAY if s in versions), None)
    rate = cache(lambda currency: source.month_rate(currency, month))
    rows = [_line(row, held.get(row.key), month, rate(row.currency), company) for row in known.values()]
    back = ExemptedLine.objects.filter(
        company=company,
        reversed_month=month,
        reversed_because="returned",
        month__lt=month,
        declaration__state__in=IN_FORCE,
    ).order_by("list_no", "gnum")
    return Sheet(company, month, tuple(rows), tuple(back), current, under_way)


def _completed(company: Company, rows: list[Candidate]) -> list[Candidate]:
    """With what the enterprise recorded and what is on file."""
    source = sources.get()
    since = source.registered_since(company)
    records = {
        (row.list_no, row.gnum): row
        for row in PlatformRecord.objects.filter(company=company, list_no__in={row.list_no for row in rows})
    }
    done = [_recorded(row, records.get(row.key)) for row in sorted(rows, key=lambda one: one.key)]
    wanted: defaultdict[date, set[str]] = defaultdict(set)
    for row in done:
        if row.item_no and (day := row.export_date or row.closed_on):
            wanted[day].add(row.item_no)
    codes = source.codes(company, wanted)
    return [
        replace(
            row,
            registered_since=since,
            hs10=codes.get((row.export_date or row.closed_on, row.item_no), ""),  # type: ignore[arg-type]
        )
        for row in done
    ]


def _recorded(row: Candidate, record: PlatformRecord | None) -> Candidate:
    if record is None:
        return row
    done = row.completed(read_completed(record.completed))
    number = str(record.invoice.get("number", ""))
    return replace(done, invoice_held=record.invoice_held, invoice_no=number)


def _held(known: dict[Key, Candidate]) -> dict[Key, ExemptedLine]:
    rows = ExemptedLine.objects.filter(list_no__in={key[0] for key in known}).select_related("declaration")
    return {(row.list_no, row.gnum): row for row in rows}


def _line(
    row: Candidate, held: ExemptedLine | None, month: date, rate: Rate | None, company: Company
) -> SheetLine:
    stands = held is not None and held.state == ExemptedLine.State.EXEMPTED
    ours = held is not None and held.company_id == company.pk and held.month == month
    if held is not None and stands and not ours:
        row = replace(row, exempted_in=held.month)
    if held is not None and held.reversed_because == EXCLUDED:
        row = replace(row, exclusion=exclusion(held))
    came_back = held is not None and ours and _stays_declared(held, month)
    cny = to_cny(row.amount, rate.value) if row.amount is not None and rate is not None else None
    return SheetLine(
        candidate=row,
        reasons=tuple(judge(row, month, law())),
        rate=rate,
        cny=cny,
        declared=bool(stands and ours),
        reversed_in=held.reversed_month if held is not None and came_back else None,
    )


def exclusion(held: ExemptedLine) -> Exclusion:
    """What was said when two officials took the line out."""
    found = settled(held.declaration)
    return Exclusion(held.declaration.comparison_no, found.reason if found else "")


def settled(declaration: ExemptionDeclaration) -> Settlement | None:
    """How two officials settled the differences of this version."""
    rows = declaration.settlements.filter(state=Settlement.State.APPROVED, kind=Settlement.Kind.SETTLE)
    return rows.first()


def _stays_declared(held: ExemptedLine, month: date) -> bool:
    """It came back in a later month while its declaration stood: it counts there, and changes nothing here."""
    if held.reversed_because != "returned" or held.reversed_month is None or held.reversed_month <= month:
        return False
    return held.declaration.state in (*IN_FORCE, *UNDER_WAY)


def visible_to(principal: Principal | None) -> QuerySet[ExemptionDeclaration]:
    """The company's own and those by whose mandate it acts; tax sees all, no other agency any."""
    rows = ExemptionDeclaration.objects.select_related("company", "submission")
    if principal is None:
        return rows.none()
    if principal.agency is not None:
        return rows if principal.agency.code == AGENCY else rows.none()
    return rows.filter(company_id__in=principal.acting_for(SERVICE))


def readable_by(principal: Principal | None) -> QuerySet[ExemptionDeclaration]:
    """The same over REST, where customs reads which of its lists stand exempted, in fields of its own."""
    if principal is not None and principal.agency is not None and principal.agency.code == CUSTOMS:
        return ExemptionDeclaration.objects.select_related("company", "submission")
    return visible_to(principal)


def months(company: Company, today: date, count: int = 12) -> list[tuple[date, ExemptionDeclaration | None]]:
    """The last months, newest first, each with the latest version declared."""
    latest: dict[date, ExemptionDeclaration] = {}
    for row in ExemptionDeclaration.objects.filter(company=company).order_by("version"):
        latest[row.month] = row
    found, month = [], today.replace(day=1)
    for _ in range(count):
        found.append((month, latest.get(month)))
        month = (month - timedelta(days=1)).replace(day=1)
    return found


def effective_cny(line: DeclaredLine) -> Decimal:
    """What the line comes to after the comparison: customs' figure where that was decided, nothing when excluded."""
    if line.decision == DeclaredLine.Decision.EXCLUDE:
        return Decimal(0)
    if line.decision == DeclaredLine.Decision.CUSTOMS and line.customs_amount is not None:
        return to_cny(line.customs_amount, line.rate)
    return line.cny

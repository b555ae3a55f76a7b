"""Marking lines from an invoice file: all rows or none, and the same file again changes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from accounts.models import Company
from reference import sheets
from reference.problems import Refused
from tax.invoices.rules import COLUMNS, LAYOUT, Invoice, check
from tax.lifecycle import lock
from tax.lines import Key
from tax.models import PlatformRecord
from tax.selectors import Sheet, sheet
from trail import services as trail
from trail.actors import Actor


@dataclass(frozen=True, slots=True)
class Marked:
    """What came of a file."""

    rows: int
    changed: int


def mark_from_file(
    data: bytes, *, name: str, company: Company, month: date, by: Actor, today: date | None = None
) -> Marked:
    """Mark the lines that the file names. `Refused` with every fault of every row; then nothing is marked."""
    rows = sheets.read(data, sheets.format_of(name, data, LAYOUT), LAYOUT)
    with transaction.atomic():
        lock([company.pk])
        invoices, problems = check(rows, _known(sheet(company, month)), today or timezone.localdate())
        if problems:
            raise Refused(problems)
        changed = _mark(company, invoices)
        if changed:
            trail.record(
                "exemption.invoices",
                by=by,
                object_type="platform_record",
                object_id=f"{company.pk}/{month:%Y-%m}",
                detail={"held": True, "file": name[-200:], "lines": [f"{a}/{b}" for a, b in changed][:200]},
                count=len(changed),
            )
    return Marked(len(invoices), len(changed))


def _known(found: Sheet) -> Mapping[Key, str]:
    """Lines of the month → why one cannot be marked now, "" when it can."""
    busy = _("This line is declared and being compared; wait for the comparison, then correct it.")
    return {
        row.candidate.key: busy if found.under_way is not None and row.declared else "" for row in found.lines
    }


def _mark(company: Company, invoices: Sequence[Invoice]) -> list[Key]:
    """The lines of which something changed."""
    lists = {one.key[0] for one in invoices}
    rows = PlatformRecord.objects.select_for_update().filter(company=company, list_no__in=lists)
    kept = {(row.list_no, row.gnum): row for row in rows}
    changed, now = [], timezone.now()
    for one in invoices:
        row = kept.get(one.key)
        if row is not None and row.invoice_held and row.invoice == one.stored:
            continue
        changed.append(
            PlatformRecord(
                company=company,
                list_no=one.key[0],
                gnum=one.key[1],
                invoice_held=True,
                invoice=one.stored,
                changed_at=now,
            )
        )
    PlatformRecord.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["company", "list_no", "gnum"],
        update_fields=["invoice_held", "invoice", "changed_at"],
    )
    return sorted((row.list_no, row.gnum) for row in changed)


def template(company: Company, month: date) -> bytes:
    """The month's lines as a workbook in which only the invoices are missing; rows left so say nothing."""
    heading = [f"{column.zh}{'*' if column.required else ''}\n{column.en}" for column in COLUMNS]
    rows = [
        [*map(str, row.candidate.key), "", "", "", row.candidate.goods_name]
        for row in sheet(company, month).lines
    ]
    return sheets.xlsx_bytes("发票 Invoices", [[*heading, "商品名称\nGoods"], *rows])

"""What an enterprise adds to its platform record: invoices held, particulars that were missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from accounts.models import Company
from reference.problems import Problem, Refused
from tax import records
from tax.lifecycle import lock
from tax.lines import Key, of_closed
from tax.models import PlatformRecord
from tax.selectors import Sheet, sheet
from tax.sources import get
from trail import services as trail
from trail.actors import Actor


def mark_invoices(*, company: Company, month: date, keys: Iterable[Key], held: bool, by: Actor) -> int:
    """Say of lines that a valid purchase invoice is held (or is not after all); how many changed.

    `Refused` for lines that are not of this month, or are declared already: a correction comes first.
    """
    wanted = set(keys)
    with transaction.atomic():
        lock([company.pk])
        found = sheet(company, month)
        if problems := _not_markable(found, wanted):
            raise Refused(problems)
        changed = [row.candidate.key for row in found.lines if row.candidate.key in wanted]
        changed = [key for key in changed if _set_invoice(company, key, held=held)]
        if changed:
            trail.record(
                "exemption.invoices",
                by=by,
                object_type="platform_record",
                object_id=f"{company.pk}/{month:%Y-%m}",
                detail={"held": held, "lines": [f"{a}/{b}" for a, b in sorted(changed)][:200]},
                count=len(changed),
            )
    return len(changed)


def _not_markable(found: Sheet, wanted: set[Key]) -> list[Problem]:
    known = {row.candidate.key: row for row in found.lines}
    problems = []
    for key in sorted(wanted):
        path = f"{key[0]}/{key[1]}"
        if key not in known:
            problems.append(Problem("exemption.unknown_line", path, _("This line is not of this month.")))
        elif found.under_way is not None and known[key].declared:
            text = _("This line is declared and being compared; wait for the comparison, then correct it.")
            problems.append(Problem("exemption.line_declared", path, text))
    return problems


def _set_invoice(company: Company, key: Key, *, held: bool) -> bool:
    row, created = PlatformRecord.objects.select_for_update().get_or_create(
        company=company, list_no=key[0], gnum=key[1], defaults={"invoice_held": held}
    )
    if created:
        return held
    if row.invoice_held == held:
        return False
    row.invoice_held, row.invoice, row.changed_at = held, {}, timezone.now()
    row.save(update_fields=["invoice_held", "invoice", "changed_at"])
    return True


def complete_record(
    *, company: Company, month: date, key: Key, fields: Mapping[str, str], reason: str, by: Actor
) -> None:
    """Complete particulars that the platform's record lacked. What customs' list says cannot be overwritten.

    `Refused` with every problem: no such line, a particular that is not missing, an unreadable value, no reason.
    """
    given = {name: text.strip() for name, text in fields.items()}
    with transaction.atomic():
        lines = {row.key: row for row in map(of_closed, get().closed_lines(company, month))}
        problems = _not_completable(lines[key].missing if key in lines else None, given, reason, key)
        if problems:
            raise Refused(problems)
        row, _created = PlatformRecord.objects.select_for_update().get_or_create(
            company=company, list_no=key[0], gnum=key[1]
        )
        row.completed, row.reason, row.changed_at = row.completed | given, reason.strip(), timezone.now()
        row.save(update_fields=["completed", "reason", "changed_at"])
        trail.record(
            "exemption.complete",
            by=by,
            object_type="platform_record",
            object_id=f"{key[0]}/{key[1]}",
            detail={"fields": given, "why": reason.strip()[:500]},
        )


def _not_completable(
    missing: tuple[str, ...] | None, given: Mapping[str, str], reason: str, key: Key
) -> list[Problem]:
    path = f"{key[0]}/{key[1]}"
    if missing is None:
        return [Problem("exemption.unknown_line", path, _("This line is not of this month."))]
    problems = records.problems(given)
    text = _("Customs' list says this already; have the list corrected at customs.")
    problems += [Problem("record.not_missing", f"/{name}", text) for name in given if name not in missing]
    if not given:
        problems.append(Problem("record.empty", path, _("Give the missing particulars.")))
    if not reason.strip():
        problems.append(Problem("record.reason", "/reason", _("Say why the record was incomplete.")))
    return problems

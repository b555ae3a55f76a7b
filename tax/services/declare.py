"""Declaring a month: the preflight, and the submission with its frozen lines."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from accounts.models import Company, User
from reference.problems import Problem, Refused
from submissions.history import write as write_history
from submissions.services import receive
from tax.deadline import deadline
from tax.law import law
from tax.lifecycle import DECLARATION, Claim, exempt, lock
from tax.models import DeclaredLine, ExemptedLine, ExemptionDeclaration
from tax.payload import payload
from tax.rules import Month
from tax.selectors import AGENCY, SERVICE, Sheet, SheetLine, sheet
from trail.actors import Actor


@dataclass(frozen=True, slots=True)
class Preflight:
    """What declaring would come to now: nothing is written. Errors are in the way, warnings are not."""

    sheet: Sheet
    due_on: date
    problems: tuple[Problem, ...]

    @property
    def may_declare(self) -> bool:
        """No error is in the way."""
        return all(problem.level != "error" for problem in self.problems)

    @property
    def is_unchanged(self) -> bool:
        """Declared, and a correction would say the same."""
        return any(problem.code == "month.same" for problem in self.problems)

    @property
    def digest(self) -> str:
        """Names exactly these lines and figures: what is declared is what was looked at."""
        rows = [f"{row.candidate.path} {row.candidate.amount} {row.cny}" for row in self.sheet.exempt]
        rows += [f"-{row.list_no}/{row.gnum} {row.cny}" for row in self.sheet.reversals]
        return hashlib.sha256("\n".join(rows).encode()).hexdigest()[:16]


def preflight(company: Company, month: date, *, today: date | None = None) -> Preflight:
    """Everything that is wrong, and what would be excluded by which rule."""
    day = today or timezone.localdate()
    found = sheet(company, month)
    due_on = deadline(month, law())
    return Preflight(found, due_on, tuple(_problems(found, due_on, day)))


def _problems(found: Sheet, due_on: date, day: date) -> list[Problem]:
    path, problems = f"{found.month:%Y-%m}", []
    if day <= Month(found.month).last:
        problems.append(Problem("month.open", path, _("The month is not over yet.")))
    if found.under_way is not None:
        text = _("A declaration of this month is being compared; correct it when it has been.")
        problems.append(Problem("month.under_way", path, text))
    if not found.exempt and not found.reversals:
        problems.append(Problem("month.empty", path, _("No line of this month is exempt.")))
    for row in found.exempt:
        if row.rate is None:
            text = _("No rate of the month is known for {currency}.")
            params = {"currency": row.candidate.currency}
            problems.append(Problem("rate.missing", row.candidate.path, text, params))
    if found.current is not None and not changed_since(found):
        problems.append(Problem("month.same", path, _("Nothing has changed since it was declared.")))
    if day > due_on:
        text = _("The filing day {day} has passed: the declaration is late.")
        problems.append(Problem("month.late", path, text, {"day": due_on.isoformat()}, "warning"))
    problems += [reason.problem for row in found.excluded for reason in row.reasons if reason.attention]
    return problems


def changed_since(found: Sheet) -> bool:
    """Whether a correction would say anything else than the version in force (there is one)."""
    assert found.current is not None  # noqa: S101 - the caller looked
    stand = found.current.lines.exclude(decision=DeclaredLine.Decision.EXCLUDE)
    rows = stand.values_list("list_no", "gnum", "kind", "amount")
    now = {(*row.candidate.key, "exempt", row.candidate.amount) for row in found.exempt}
    now |= {(row.list_no, row.gnum, "reversal", -_of_old(row, found).amount) for row in found.reversals}
    return set(rows) != now


def _of_old(row: ExemptedLine, found: Sheet) -> DeclaredLine:
    """The line as it was exempted."""
    return DeclaredLine.objects.get(
        declaration=row.declaration_id, list_no=row.list_no, gnum=row.gnum, kind="exempt"
    )


def declare(
    *,
    company: Company,
    month: date,
    by: Actor,
    user: User | None = None,
    digest: str = "",
    reason: str = "",
    remark: str = "",
    channel: str = "browser",
    today: date | None = None,
) -> ExemptionDeclaration:
    """Declare the month as it stands (a later version is a correction and says why). The number is there at once.

    `Refused` with everything in the way: also when a line was exempted meanwhile, or the sheet is not the one that
    was looked at (`digest`).
    """
    with transaction.atomic():
        lock([company.pk])
        ready = preflight(company, month, today=today)
        problems = [one for one in ready.problems if one.level == "error"]
        if digest and digest != ready.digest:
            text = _("The month's lines have changed since you looked: look at them once more.")
            problems.append(Problem("month.changed", f"{month:%Y-%m}", text))
        if ready.sheet.current is not None and not reason.strip():
            problems.append(Problem("month.reason", "/reason", _("Say why the declaration is corrected.")))
        if problems:
            raise Refused(problems)
        return _write(ready, by=by, user=user, reason=reason.strip(), remark=remark.strip(), channel=channel)


def _write(
    ready: Preflight, *, by: Actor, user: User | None, reason: str, remark: str, channel: str
) -> ExemptionDeclaration:
    found = ready.sheet
    lines = _frozen(found)
    versions = ExemptionDeclaration.objects.filter(company=found.company, month=found.month)
    row = ExemptionDeclaration(
        company=found.company,
        month=found.month,
        version=1 + max(versions.values_list("version", flat=True), default=0),
        reason=reason,
        line_count=len(lines),
        cny=sum((one.cny for one in lines), Decimal(0)),
        due_on=ready.due_on,
    )
    row.submission = receive(
        kind=SERVICE,
        company=found.company,
        by=by,
        channel=channel,
        payload=payload(row, lines, remark=remark),
        content_type="application/json",
        title=f"{found.month:%Y-%m} v{row.version}",
        parties=(),
        agencies=(AGENCY,),
        hold=False,
        created_by=user,
    )
    _save(row, lines, by=by)
    _take(row, found)
    return row


def _save(row: ExemptionDeclaration, lines: list[DeclaredLine], *, by: Actor) -> None:
    step = DECLARATION.step("declare", by)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        text = _("A declaration of this month is being compared; correct it when it has been.")
        raise Refused([Problem("month.under_way", f"{row.month:%Y-%m}", text)]) from None
    for line in lines:
        line.declaration = row
    DeclaredLine.objects.bulk_create(lines)
    write_history(
        table=DECLARATION.name,
        verb=step.verb,
        to_state=step.target,
        rows=[(row.pk, "", row.submission_id, None)],
        by=by,
        why=row.reason,
        words="",
        public=step.public,
    )


def _take(row: ExemptionDeclaration, found: Sheet) -> None:
    """Take the lines that are not held by the version in force; all or none."""
    held = set()
    if found.current is not None:
        stands = Q(state="exempted") | Q(reversed_because="returned")
        rows = ExemptedLine.objects.filter(stands, declaration=found.current)
        held = set(rows.values_list("list_no", "gnum"))
    new = [
        Claim(one.candidate.key, one.cny or Decimal(0))
        for one in found.exempt
        if one.candidate.key not in held
    ]
    taken = exempt(new, declaration=row)
    if len(taken) < len(new):
        text = _("This line has been exempted with another declaration meanwhile.")
        raise Refused(
            [
                Problem("exemption.already_exempted", f"{one.key[0]}/{one.key[1]}", text)
                for one in new
                if one.key not in taken
            ]
        )


def _frozen(found: Sheet) -> list[DeclaredLine]:
    lines = [_frozen_line(one) for one in found.exempt]
    return [*lines, *(_frozen_reversal(_of_old(row, found), row) for row in found.reversals)]


def _frozen_line(row: SheetLine) -> DeclaredLine:
    one = row.candidate
    # `judge` found all six particulars, `_problems` a rate.
    assert one.export_date is not None and row.rate is not None and row.cny is not None  # noqa: S101, PT018
    assert one.amount is not None and one.quantity is not None and one.unit_price is not None  # noqa: S101, PT018
    return DeclaredLine(
        list_no=one.list_no,
        gnum=one.gnum,
        export_date=one.export_date,
        goods_name=one.goods_name,
        hs10=one.hs10,
        unit=one.unit,
        quantity=one.quantity,
        unit_price=one.unit_price,
        amount=one.amount,
        currency=one.currency,
        rate=row.rate.value,
        cny=row.cny,
    )


def _frozen_reversal(old: DeclaredLine, row: ExemptedLine) -> DeclaredLine:
    """What was exempted, taken back at the rate of then."""
    return DeclaredLine(
        kind="reversal",
        list_no=old.list_no,
        gnum=old.gnum,
        export_date=old.export_date,
        goods_name=old.goods_name,
        hs10=old.hs10,
        unit=old.unit,
        quantity=old.quantity,
        unit_price=old.unit_price,
        amount=-old.amount,
        currency=old.currency,
        rate=old.rate,
        cny=-row.cny,
    )

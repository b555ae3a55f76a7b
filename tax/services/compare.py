"""What the tax authority answers: the comparison with customs' data, or that it does not take the declaration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import Company
from submissions.lifecycle import advance, advance_one
from submissions.models import Referral
from submissions.notices import notify
from submissions.services import accept
from tax.lifecycle import DECLARATION, Claim, hand_over, reverse
from tax.lines import Key
from tax.models import IN_FORCE, DeclaredLine, ExemptedLine, ExemptionDeclaration
from tax.models import DeclarationState as S
from tax.selectors import AGENCY, effective_cny
from trail.actors import SYSTEM, Actor


@dataclass(frozen=True, slots=True)
class Compared:
    """What customs' data say of one line; `amount` None: they do not have it."""

    key: Key
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """The authority's comparison result. Lines that it does not name are equal."""

    number: str
    differences: Sequence[Compared]
    words: Mapping[str, str]


def apply_comparison(declaration: ExemptionDeclaration, found: Comparison, *, by: Actor) -> None:
    """Keep the result beside the lines. Equal: in force; else officials settle the differences (second approval).

    `WrongState` when it was compared before.
    """
    with transaction.atomic():
        changes = {
            "compared_at": timezone.now(),
            "comparison_no": found.number[:64],
            "words_zh": found.words.get("zh", ""),
            "words_en": found.words.get("en", ""),
        }
        told = {one.key: one.amount for one in found.differences}
        differs = _beside_lines(declaration, told)
        verb = "differ" if differs else "equal"
        words = found.words.get("zh", "")
        if not differs:
            supersede_older(declaration, by=by)
        advance_one(DECLARATION, declaration.pk, verb, by=by, words=words, changes=changes)
        declaration.refresh_from_db()
        if not differs:
            _accepted(declaration, by=by, number=found.number, words=words)
        _tell(declaration, "exemption.differ" if differs else "exemption.equal")


def _beside_lines(declaration: ExemptionDeclaration, told: Mapping[Key, Decimal | None]) -> bool:
    rows = list(declaration.lines.all())
    for row in rows:
        amount = told.get((row.list_no, row.gnum), row.amount) if row.kind == "exempt" else row.amount
        row.customs_amount = amount
        row.outcome = "missing" if amount is None else "equal" if amount == row.amount else "amount"
    DeclaredLine.objects.bulk_update(rows, ["customs_amount", "outcome"])
    return any(row.outcome != "equal" for row in rows)


def _accepted(declaration: ExemptionDeclaration, *, by: Actor, number: str, words: str) -> None:
    take_effect(declaration, by=by)
    referral = Referral.objects.get(submission=declaration.submission_id, agency__code=AGENCY)
    accept(referral.pk, by=by, words=words, number=number)


def take_effect(declaration: ExemptionDeclaration, *, by: Actor) -> None:
    """Let a compared version stand for its month: it takes over the lines it keeps, and gives back the others."""
    rows = ExemptionDeclaration.objects.filter(
        company=declaration.company_id,
        month=declaration.month,
        state=S.SUPERSEDED,
        version__lt=declaration.version,
    )
    lines = {(row.list_no, row.gnum): row for row in declaration.lines.filter(kind="exempt")}
    claims = [Claim(key, effective_cny(row)) for key, row in lines.items()]
    for old in rows:
        held = ExemptedLine.objects.filter(declaration=old, state="exempted").values_list("list_no", "gnum")
        gone = set(held) - set(lines)
        reverse(gone, company_id=old.company_id, month=old.month, because="corrected", declaration_id=old.pk)
        hand_over(old.pk, declaration.pk, claims)
    hand_over(declaration.pk, declaration.pk, claims)  # figures as they were settled


def supersede_older(declaration: ExemptionDeclaration, *, by: Actor) -> None:
    """The version in force until now is history; before the new one takes its place."""
    older = ExemptionDeclaration.objects.filter(
        company=declaration.company_id,
        month=declaration.month,
        state__in=IN_FORCE,
        version__lt=declaration.version,
    )
    advance(DECLARATION, list(older.values_list("pk", flat=True)), "supersede", by=by)


def withdraw_refused(submission_ids: Sequence[UUID], *, by: Actor, why: str) -> None:
    """The authority did not take it, or it was withdrawn: the lines it had taken are free again."""
    rows = ExemptionDeclaration.objects.filter(
        submission__in=submission_ids, state__in=(S.DECLARED, S.DIFFERENCES)
    )
    for row in rows:
        advance_one(DECLARATION, row.pk, "refuse", by=by, why=why)
        keys = set(row.exempted.values_list("list_no", "gnum"))
        reverse(keys, company_id=row.company_id, month=row.month, because="refused", declaration_id=row.pk)


def close_due(today: date | None = None) -> int:
    """Close the months whose filing day has passed and of which nothing is under way; how many."""
    day = today or timezone.localdate()
    due = ExemptionDeclaration.objects.filter(state__in=(S.COMPARED_EQUAL, S.SETTLED), due_on__lt=day)
    return len(advance(DECLARATION, list(due.values_list("pk", flat=True)), "close", by=SYSTEM))


def _tell(declaration: ExemptionDeclaration, code: str) -> None:
    company: Company = declaration.company
    params = {"month": f"{declaration.month:%Y-%m}", "number": declaration.comparison_no}
    notify(company, code, params, declaration.submission, url=f"/exemptions/declarations/{declaration.pk}/")

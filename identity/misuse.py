""" "This was me" and "this was not me", and what customs officials decide on it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from accounts.personal import seal_fields
from identity import settings
from identity.lifecycle import MISUSE
from identity.models import MisuseReport, MisuseState, UseAnswer, Verification
from identity.notices import CONFIRMED, REJECTED, REPORTED
from identity.ports import Use
from reference.calendar import add_working_days
from reference.keys import uuid7
from submissions.lifecycle import advance_one
from submissions.notices import notify
from submissions.observations import Observation, observe
from submissions.references import next_reference
from submissions.registry import Happened, run_hooks
from trail import services as trail
from trail.actors import Actor


def confirm_mine(check: Verification, use: Use, *, by: Actor) -> bool:
    """The person says that it was them; False where they have reported it already."""
    _answer, made = UseAnswer.objects.get_or_create(
        use_id=use.id,
        number_hash=bytes(check.number_hash),
        defaults={"answer": UseAnswer.Answer.MINE, **_seen(use)},
    )
    if made:
        trail.record("identity.use_confirmed", by=by, object_type="inventory", object_id=use.id)
    return _answer.answer == UseAnswer.Answer.MINE


def _seen(use: Use) -> dict[str, object]:
    label = f"{use.platform} {use.day:%Y-%m-%d} {use.number}"[:200]
    return {"label": label, "firm_id": use.firm_id, "submission_id": use.submission_id}


def report(
    check: Verification, uses: Sequence[Use], *, words: str, contact: str, by: Actor
) -> MisuseReport | None:
    """The person says that it was not them: a number at once, notices to the firms; None when all were reported before.

    What was confirmed as one's own before and is reported now counts as reported.
    """
    number = bytes(check.number_hash)
    with transaction.atomic():
        held = UseAnswer.objects.select_for_update().filter(
            number_hash=number, answer=UseAnswer.Answer.NOT_MINE
        )
        known = set(held.values_list("use_id", flat=True))
        new = [use for use in uses if use.id not in known]
        if not new:
            return None
        made = _create(check, words=words, contact=contact, by=by)
        UseAnswer.objects.filter(number_hash=number, use_id__in=[use.id for use in new]).delete()
        UseAnswer.objects.bulk_create(
            UseAnswer(
                use_id=use.id, number_hash=number, answer=UseAnswer.Answer.NOT_MINE, report=made, **_seen(use)
            )
            for use in new
        )
        _tell(made, "misuse_reported", REPORTED, by=by)
    return made


def _create(check: Verification, *, words: str, contact: str, by: Actor) -> MisuseReport:
    MISUSE.step("misuse_reported", by)
    today, key = timezone.localdate(), uuid7()
    return MisuseReport.objects.create(
        id=key,
        reference=next_reference(),
        verification=check,
        number_hash=bytes(check.number_hash),
        name_masked=check.name_masked,
        number_masked=check.number_masked,
        sealed=seal_fields({"words": words, "contact": contact}, context=f"misuse:{key}"),
        due_on=_due(today),
    )


def _due(today: date) -> date:
    return add_working_days(today, settings.report_days(today))


def decide(report_id: UUID, *, confirmed: bool, reason: str, by: Actor) -> MisuseReport:
    """An official confirms the misuse or finds none; `WrongState` when it is decided already."""
    verb = "misuse_confirmed" if confirmed else "misuse_rejected"
    changes = {"reason": reason, "decided_at": timezone.now(), "decided_by": by.label[:200]}
    with transaction.atomic():
        advance_one(MISUSE, report_id, verb, by=by, changes=changes)
        decided = MisuseReport.objects.get(pk=report_id)
        _tell(decided, verb, CONFIRMED if confirmed else REJECTED, by=by)
    return decided


def _tell(made: MisuseReport, verb: str, notice: str, *, by: Actor) -> None:
    """Trail, a notice to each e-commerce firm with its own lists, what record-keepers hear of it, and the hook."""
    uses = list(made.uses.all())
    trail.record(f"identity.{verb}", by=by, object_type="misuse", object_id=made.pk, count=len(uses))
    for firm in sorted({use.firm_id for use in uses if use.firm_id}):
        lists = ", ".join(use.label for use in uses if use.firm_id == firm)
        notify(firm, notice, {"lists": lists[:500], "reference": made.reference, "reason": made.reason[:500]})
        observe(
            Observation(
                event=f"identity.{verb}",
                company_id=firm,
                key=f"{made.reference}:{firm}",
                number=made.reference,
                on=timezone.localdate(),
                by=by,
                params={"lists": lists[:500]},
            )
        )
    submissions = tuple(sorted({use.submission_id for use in uses if use.submission_id}))
    run_hooks(Happened(f"identity.{verb}", (made.pk,), submissions, by, made.reference, made.reason))


def mark_of(use: OuterRef, column: str = "state") -> Subquery:
    """For a query over uses: a column of the report that marks each, NULL for most."""
    return Subquery(_standing().filter(use_id=use).values(f"report__{column}")[:1])


def mark_name(state: str | None) -> str:
    """What to say of a mark; "" without one."""
    return str(MisuseState(state).label) if state else ""


def _standing() -> QuerySet[UseAnswer]:
    return UseAnswer.objects.filter(report__isnull=False).exclude(report__state=MisuseState.REJECTED)


def marks(use_ids: Iterable[UUID]) -> dict[UUID, MisuseReport]:
    """Of these lists the ones somebody has reported, unless officials found nothing; for the pages of the desks."""
    rows = _standing().filter(use_id__in=list(use_ids)).select_related("report")
    return {row.use_id: row.report for row in rows if row.report is not None}

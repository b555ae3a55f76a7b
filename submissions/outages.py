"""Planned outages of agencies: told before and during; dispatch pauses for their time, intake never does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext_noop

from accounts.models import Agency
from reference.problems import Problem, Refused
from submissions.models import Outage
from submissions.switch import switch_agency
from trail import services as trail
from trail.actors import SYSTEM, Actor


@dataclass(frozen=True, slots=True)
class Plan:
    """What is planned: from, until, the words for applicants in both languages, and whether dispatch pauses."""

    starts_at: datetime
    ends_at: datetime
    words_zh: str
    words_en: str
    pauses: bool = True


def problems_of(plan: Plan, now: datetime) -> list[Problem]:
    """What is wrong with a plan by itself."""
    found = []
    if plan.ends_at <= plan.starts_at:
        found.append(Problem("outage.order", "/ends_at", gettext_noop("The end is not after the beginning.")))
    if plan.ends_at <= now:
        found.append(Problem("outage.past", "/ends_at", gettext_noop("The end is already over.")))
    for path, words in (("/words_zh", plan.words_zh), ("/words_en", plan.words_en)):
        if not words.strip():
            message = gettext_noop("Tell applicants in both languages what to expect.")
            found.append(Problem("outage.words", path, message))
    return found


def announce(agency: Agency, plan: Plan, *, by: Actor) -> Outage:
    """Plan an outage; `Refused` when it is wrong or overlaps another one. Permission: `agency.switch`."""
    with transaction.atomic():
        # Plans of one agency take turns: two that overlap cannot both pass.
        Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
        found = problems_of(plan, timezone.now())
        others = Outage.objects.filter(agency=agency, cancelled_at=None)
        if others.filter(starts_at__lt=plan.ends_at, ends_at__gt=plan.starts_at).exists():
            message = gettext_noop(
                "Another planned outage falls into this time: cancel it, or choose another."
            )
            found.append(Problem("outage.overlap", "/starts_at", message))
        if found:
            raise Refused(found)
        row = Outage.objects.create(
            agency=agency,
            starts_at=plan.starts_at,
            ends_at=plan.ends_at,
            words_zh=plan.words_zh,
            words_en=plan.words_en,
            pauses=plan.pauses,
        )
        detail = {
            "from": plan.starts_at.isoformat(),
            "until": plan.ends_at.isoformat(),
            "pauses": plan.pauses,
        }
        trail.record("agency.outage", by=by, object_type="agency", object_id=agency.code, detail=detail)
    return row


def cancel(outage_id: int, agency: Agency, *, by: Actor, because: str) -> bool:
    """Cancel what is planned, or end what has begun; False when it is over already. Permission: `agency.switch`."""
    now = timezone.now()
    with transaction.atomic():
        rows = Outage.objects.filter(pk=outage_id, agency=agency, cancelled_at=None, ends_at__gt=now)
        if not rows.update(cancelled_at=now):
            return False
        detail = {"outage": outage_id, "because": because[:500]}
        trail.record(
            "agency.outage_cancelled", by=by, object_type="agency", object_id=agency.code, detail=detail
        )
        _resume(Outage.objects.filter(pk=outage_id), now)
    return True


def follow(now: datetime | None = None) -> None:
    """Switch off where an outage has begun, and on where it is over; for the sweep, harmless when repeated."""
    now = now or timezone.now()
    begun = Outage.objects.filter(
        pauses=True, cancelled_at=None, paused_at=None, starts_at__lte=now, ends_at__gt=now
    )
    for row in begun.select_related("agency"):
        _pause(row, now)
    _resume(Outage.objects.filter(ends_at__lte=now), now)


def reason_of(row: Outage) -> str:
    """By these words the switch knows that this outage turned it off, and not a person."""
    until = f"{timezone.localtime(row.ends_at):%Y-%m-%d %H:%M}"
    return f"停机预告 {row.pk}，至 {until} / planned outage {row.pk}, until {until}"


def _pause(row: Outage, now: datetime) -> None:
    with transaction.atomic():
        if Outage.objects.filter(pk=row.pk, paused_at=None, cancelled_at=None).update(paused_at=now):
            switch_agency(row.agency.code, is_open=False, by=SYSTEM, because=reason_of(row))


def _resume(rows: QuerySet[Outage], now: datetime) -> None:
    """Only what the outage itself switched off goes on: a person's stop, or a refused access, stays."""
    for row in rows.filter(paused_at__isnull=False, resumed_at=None).select_related("agency"):
        with transaction.atomic():
            if not Outage.objects.filter(pk=row.pk, resumed_at=None).update(resumed_at=now):
                continue
            reason = reason_of(row)
            if Agency.objects.filter(pk=row.agency_id, is_open=False, stopped_because=reason).exists():
                switch_agency(row.agency.code, is_open=True, by=SYSTEM, because=f"{reason}: over")


# --- reads ------------------------------------------------------------------------------------------------


def to_come() -> QuerySet[Outage]:
    """Planned and running ones, the earliest first."""
    return Outage.objects.filter(cancelled_at=None, ends_at__gt=timezone.now()).select_related("agency")


def told_to(agency_codes: Iterable[str]) -> list[Outage]:
    """What somebody should know who hands something in to these agencies; one query."""
    return list(to_come().filter(agency__code__in=list(agency_codes)))


def speaking() -> list[Agency]:
    """Agencies that have something to say to everybody now: a notice, a switch that is off, a running outage.

    One query. `out_until` and `out_words_*` are those of the running outage, if any.
    """
    now = timezone.now()
    running = Outage.objects.filter(
        agency=OuterRef("pk"), cancelled_at=None, starts_at__lte=now, ends_at__gt=now
    ).order_by("starts_at")
    rows = Agency.objects.annotate(
        out_until=Subquery(running.values("ends_at")[:1]),
        out_words_zh=Subquery(running.values("words_zh")[:1]),
        out_words_en=Subquery(running.values("words_en")[:1]),
    )
    return list(
        rows.filter(Q(is_open=False) | ~Q(notice_zh="") | Q(out_until__isnull=False)).order_by(F("code"))
    )

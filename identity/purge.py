"""Retention (R9.05, PIPL art. 19): a result that nobody asks for is deleted after its time; that it was, is kept."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone

from identity import settings
from identity.models import Batch, MisuseReport, MisuseState, Verification
from trail import services as trail
from trail.actors import SYSTEM

MONTHS = 12


def limit_of(on: date) -> date:
    """What was last used before this day goes."""
    months = int(settings.retention(on).value)
    year, month = divmod(on.year * MONTHS + on.month - 1 - months, MONTHS)
    return date(year, month + 1, 1)


def purge(on: date | None = None) -> int:
    """Delete the results, and the batches, whose time is over; how many results. Open reports keep theirs."""
    before = limit_of(on or timezone.localdate())
    with transaction.atomic():
        Batch.objects.filter(created_at__date__lt=before).delete()
        examined = MisuseReport.objects.filter(state=MisuseState.OPEN, verification__isnull=False)
        old = Verification.objects.filter(used_on__lt=before).exclude(pk__in=examined.values("verification"))
        count: int = old.delete()[1].get("identity.Verification", 0)
        if count:
            trail.record(
                "identity.purge",
                by=SYSTEM,
                object_type="verification",
                object_id="",
                count=count,
                detail={"before": before.isoformat()},
            )
    return count

"""The switch of an agency, and the breaker on the line to it."""

from __future__ import annotations

import logging
import random
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import Agency
from submissions.models import Line
from submissions.nudge import nudge
from submissions.registry import Happened, run_hooks
from trail import prepared
from trail import services as trail
from trail.actors import SYSTEM, Actor

log = logging.getLogger(__name__)

FAILURES_TO_BREAK = 5  # in a row, over all dispatches of one agency
PROBE_SECONDS = 60.0  # a probe that says nothing for so long is given up
QUIET_BASE_SECONDS = 15.0
QUIET_MOST_SECONDS = 300.0


def switch_agency(code: str, *, is_open: bool, by: Actor, because: str = "") -> bool:
    """Switch dispatch to an agency on or off; False when it already stood so. Permission: `agency.switch`.

    Off: everything stays queued and nothing is attempted. On: the queue goes at once.
    """
    with transaction.atomic():
        rows = Agency.objects.filter(code=code, is_open=not is_open)
        if not rows.update(is_open=is_open, stopped_because="" if is_open else because[:500]):
            return False
        verb = "agency.open" if is_open else "agency.stop"
        trail.record(verb, by=by, object_type="agency", object_id=code, detail={"because": because[:500]})
        run_hooks(Happened(verb, (), (), by, because, ""))
        if is_open:
            from submissions import tasks

            Line.objects.filter(agency__code=code).update(failures=0, quiet_until=None)
            nudge(tasks.sweep)
    return True


def stop_misconfigured(code: str, reason: str) -> None:
    """Our access is refused.

    Stop the whole queue and tell the operators; nobody is helped by a thousand tries.
    """
    if switch_agency(code, is_open=False, by=SYSTEM, because=reason):
        log.error("dispatch to %s stopped: our access is refused (%s)", code, reason)


def may_try(agency_id: int) -> bool:
    """False while the line is quiet; past that, True for exactly one: the probe."""
    line = Line.objects.filter(agency_id=agency_id).first()
    if line is None or line.failures < FAILURES_TO_BREAK:
        return True
    now = timezone.now()
    free = Q(quiet_until=None) | Q(quiet_until__lte=now)
    until = now + timedelta(seconds=PROBE_SECONDS)
    rows = Line.objects.filter(free, agency_id=agency_id, failures__gte=FAILURES_TO_BREAK)
    return bool(rows.update(quiet_until=until)) or not _broken(agency_id)


def _broken(agency_id: int) -> bool:
    return Line.objects.filter(agency_id=agency_id, failures__gte=FAILURES_TO_BREAK).exists()


def line_failed(agency_id: int) -> bool:
    """Count a failure of the line; True when it is broken, and quiet for a while."""
    Line.objects.get_or_create(agency_id=agency_id)
    Line.objects.filter(agency_id=agency_id).update(failures=F("failures") + 1)
    failures = Line.objects.values_list("failures", flat=True).get(agency_id=agency_id)
    if failures < FAILURES_TO_BREAK:
        return False
    quiet = back_off(failures - FAILURES_TO_BREAK, QUIET_BASE_SECONDS, QUIET_MOST_SECONDS)
    Line.objects.filter(agency_id=agency_id).update(quiet_until=timezone.now() + timedelta(seconds=quiet))
    return True


_WORKS = """
WITH old AS (
    SELECT agency_id, failures FROM submissions_line
    WHERE agency_id = %s AND NOT (failures = 0 AND quiet_until IS NULL) FOR NO KEY UPDATE
)
UPDATE submissions_line l SET failures = 0, quiet_until = NULL FROM old o WHERE l.agency_id = o.agency_id
RETURNING o.failures
"""


def line_works(agency_id: int) -> None:
    """The agency answered: the breaker closes, and what waited goes."""
    failures = [row[0] for row in prepared.rows(_WORKS, [agency_id])]
    if failures and failures[0] >= FAILURES_TO_BREAK:
        from submissions import tasks

        nudge(tasks.sweep)


def back_off(tries: int, base: float, most: float) -> float:
    """Seconds to wait after so many failed tries.

    Doubling, bounded, and spread by chance over the upper half.
    """
    return min(most, base * 2 ** min(tries, 30)) * random.uniform(0.5, 1.0)  # noqa: S311 - spreads load only

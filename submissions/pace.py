"""How fast an agency works on a kind, from its own history, and where one submission stands in it.

Never who of the officers has it: only that somebody of the pool has taken it, or nobody yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.utils import timezone

from accounts.models import Agency
from reference.calendar import working_days_between
from submissions.admin_registry import case_desk
from submissions.models import Referral, ReferralState, Submission, Transition

ENOUGH = 5  # decided cases from which on a median says anything
HISTORY = timedelta(days=365)
R = ReferralState
OPEN = (R.SENT, R.INFORMATION_REQUESTED)

# Lists are answered one by one: then the whole is decided, and the referral with it.
PERCENTILES = """
SELECT count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY took), percentile_cont(0.9) WITHIN GROUP (ORDER BY took)
FROM (
    SELECT extract(epoch FROM decided - came) AS took
    FROM (
        SELECT r.created_at AS came,
               CASE WHEN r.state IN ('accepted', 'refused') THEN r.decided_at
                    WHEN s.state IN ('accepted', 'partly_accepted', 'refused') THEN s.decided_at END AS decided
        FROM submissions_referral r JOIN submissions_submission s ON s.id = r.submission_id
        WHERE r.agency_id = %s AND s.kind = %s AND r.state <> 'withdrawn'
    ) AS cases
    WHERE decided >= %s AND decided >= came
) AS decided
"""


@dataclass(frozen=True, slots=True)
class Pace:
    """Time from hand-in to decision over the last year; None until enough are decided."""

    decided: int
    half_within: timedelta | None
    most_within: timedelta | None  # nine in ten

    @property
    def is_known(self) -> bool:
        """Whether enough were decided."""
        return self.half_within is not None


@dataclass(frozen=True, slots=True)
class Standing:
    """One agency's share that is still open."""

    referral: Referral
    is_taken: bool
    place: int  # in the agency's queue, 1 is next; 0 while it is not in it
    days_used: int  # working days since the agency has it
    is_stopped: bool  # the clock, while information is asked of the applicant
    pace: Pace
    stopped_since: datetime | None = None
    is_here: bool = True  # False: the agency's own system decides, and nobody here knows its queue

    @property
    def promised_days(self) -> int:
        """What the agency promises."""
        return self.referral.agency.promised_days


def pace(agency_id: int, kind: str) -> Pace:
    """Half and nine in ten of the decided, in calendar time; one query."""
    with connection.cursor() as cursor:
        cursor.execute(PERCENTILES, [agency_id, kind, timezone.now() - HISTORY])
        count, half, most = cursor.fetchone()
    if count < ENOUGH:
        return Pace(count, None, None)
    return Pace(count, timedelta(seconds=float(half)), timedelta(seconds=float(most)))


def standings(submission: Submission, reader: Agency | None = None) -> list[Standing]:
    """The agencies that have it now, the earliest first; an agency reads of its own share alone."""
    rows = Referral.objects.filter(submission=submission, state__in=OPEN).select_related("agency")
    rows = rows.filter(agency=reader) if reader else rows
    now = timezone.now()
    return [_standing(row, submission.kind, now) for row in rows.order_by("created_at", "pk")]


def _standing(row: Referral, kind: str, now: datetime) -> Standing:
    is_stopped = row.state == R.INFORMATION_REQUESTED
    is_here = case_desk(kind).decided_here
    return Standing(
        referral=row,
        is_taken=row.taken_until is not None and row.taken_until > now,
        place=_place(row) if is_here and not is_stopped else 0,
        days_used=working_days_between(_began(row.pk) or row.created_at, now),
        is_stopped=is_stopped,
        pace=pace(row.agency_id, kind),
        stopped_since=_last(row.pk, "referral.ask_information") if is_stopped else None,
        is_here=is_here,
    )


def _began(referral_id: UUID) -> datetime | None:
    sent = Transition.objects.filter(referral=referral_id, verb="referral.send").order_by("at")
    return sent.values_list("at", flat=True).first()


def _last(referral_id: UUID, verb: str) -> datetime | None:
    rows = Transition.objects.filter(referral=referral_id, verb=verb).order_by("-at")
    return rows.values_list("at", flat=True).first()


def _place(row: Referral) -> int:
    """Cases of all kinds stand in one queue, the oldest first."""
    queue = Referral.objects.filter(agency=row.agency_id, state=R.SENT)
    return queue.filter(created_at__lt=row.created_at).count() + 1

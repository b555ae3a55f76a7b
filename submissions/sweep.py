"""The guarantee behind the nudges: once a minute everything due is found, fairly between companies."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import connection
from django.utils import timezone

from submissions.models import IdempotencyKey, InboxMessage, InboxState
from submissions.switch import FAILURES_TO_BREAK

PER_AGENCY = 500
INBOX_AT_ONCE = 1000
KEEP_KEYS = timedelta(hours=24)

# Every company's oldest first, then every company's second …: a thousand of one do not stand before one of
# another. A quiet line offers a single row, the probe, and only when its quiet is over.
DUE = """
WITH due AS (
    SELECT d.id, r.agency_id, d.due_at,
           row_number() OVER (PARTITION BY r.agency_id, s.company_id ORDER BY d.due_at, d.id) AS turn,
           COALESCE(l.failures, 0) >= %(failures)s AS broken
    FROM submissions_dispatch d
    JOIN submissions_referral r ON r.id = d.referral_id
    JOIN submissions_submission s ON s.id = r.submission_id
    JOIN accounts_agency a ON a.id = r.agency_id AND a.is_open
    LEFT JOIN submissions_line l ON l.agency_id = r.agency_id
    WHERE ((d.state = 'queued' AND d.due_at <= clock_timestamp())
           OR (d.state = 'leased' AND d.leased_until <= clock_timestamp()))
      AND (COALESCE(l.failures, 0) < %(failures)s
           OR l.quiet_until IS NULL OR l.quiet_until <= clock_timestamp())
), ranked AS (
    SELECT id, turn, due_at, broken,
           row_number() OVER (PARTITION BY agency_id ORDER BY turn, due_at, id) AS place
    FROM due
)
SELECT id FROM ranked WHERE place <= CASE WHEN broken THEN 1 ELSE %(limit)s END ORDER BY turn, due_at, id
"""


def due_dispatches(limit: int = PER_AGENCY) -> list[UUID]:
    """Ids of what can be tried now, at most so many an agency, in a fair order."""
    with connection.cursor() as cursor:
        cursor.execute(DUE, {"failures": FAILURES_TO_BREAK, "limit": limit})
        return [row[0] for row in cursor.fetchall()]


def due_inbox(limit: int = INBOX_AT_ONCE) -> list[UUID]:
    """Ids of messages to be read now, oldest first."""
    rows = InboxMessage.objects.filter(state=InboxState.RECEIVED, due_at__lte=timezone.now())
    return list(rows.order_by("due_at", "pk").values_list("pk", flat=True)[:limit])


def delete_old_keys() -> int:
    """Forget stored answers of API calls after a day."""
    return IdempotencyKey.objects.filter(created_at__lt=timezone.now() - KEEP_KEYS).delete()[0]

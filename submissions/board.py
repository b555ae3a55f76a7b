"""How an agency works, by its own cases: what came in, what is open, what was decided in time, how long it took.

One population for every number: the agency's cases that were handed in and not withdrawn. A case *came* when it
was handed in; it is *decided* when the agency decided, or when the whole was decided without it (lists that
customs answers one by one). *Working time* is what passed on working days (24 hours each) while the agency had
it: neither the time on its way there nor the time in which the applicant was asked counts. Everything is
counted in the database; a recount in Python stands in the tests.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.models import Agency
from reference.calendar import is_working_day
from submissions.figures import Period

ONE_DAY, ONE_WEEK = timedelta(days=1), timedelta(weeks=1)
LOOK_BACK = timedelta(days=400)  # an agency that has had a case for longer is counted from here

# `days`: working days before each day, and whether it is one itself; `w(t)` is then working seconds up to t.
WITH = """
WITH cases AS (
    SELECT r.id, s.kind, r.created_at AS came, r.due_at, r.state = 'information_requested' AS asked,
           CASE WHEN r.state IN ('accepted', 'refused') THEN r.decided_at
                WHEN s.state IN ('accepted', 'partly_accepted', 'refused') THEN s.decided_at END AS decided
    FROM submissions_referral r JOIN submissions_submission s ON s.id = r.submission_id
    WHERE r.agency_id = %(agency)s AND r.state <> 'withdrawn' AND s.state NOT IN ('draft', 'withdrawn')
), done AS (
    SELECT * FROM cases WHERE decided >= %(since)s AND decided < %(after)s
), days AS (
    SELECT * FROM unnest(%(days)s::date[], %(before)s::int[], %(works)s::bool[]) AS d(day, before, works)
), steps AS (
    SELECT d.id, t.to_state, t.at, lead(t.at) OVER (PARTITION BY d.id ORDER BY t.at, t.id) AS until, d.decided
    FROM done d JOIN submissions_transition t ON t.referral_id = d.id AND t.from_state <> t.to_state
    WHERE t.at <= d.decided
), had AS (
    SELECT id, greatest(at, %(first)s) AS a, least(coalesce(until, decided), decided) AS b
    FROM steps WHERE to_state = 'sent'
), worked AS (
    SELECT h.id, sum(
        (eb.before * 86400 + CASE WHEN eb.works THEN extract(epoch FROM h.b AT TIME ZONE %(zone)s - eb.day) ELSE 0 END)
      - (ea.before * 86400 + CASE WHEN ea.works THEN extract(epoch FROM h.a AT TIME ZONE %(zone)s - ea.day) ELSE 0 END)
    ) AS seconds
    FROM had h
    JOIN days ea ON ea.day = (h.a AT TIME ZONE %(zone)s)::date
    JOIN days eb ON eb.day = (h.b AT TIME ZONE %(zone)s)::date
    WHERE h.b > h.a GROUP BY h.id
)
"""
DECIDED = """
    count(*) AS decided,
    count(*) FILTER (WHERE due_at IS NOT NULL) AS promised,
    count(*) FILTER (WHERE decided <= due_at) AS in_time,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) AS half,
    percentile_cont(0.9) WITHIN GROUP (ORDER BY seconds) AS most
"""
BY_WEEK = f"""{WITH}
SELECT (SELECT count(*) FROM cases WHERE came >= starts AND came < ends),
       (SELECT count(*) FROM cases WHERE came < ends AND (decided IS NULL OR decided >= ends)), o.*
FROM unnest(%(starts)s::timestamptz[], %(ends)s::timestamptz[]) WITH ORDINALITY AS w(starts, ends, i)
CROSS JOIN LATERAL (
    SELECT {DECIDED} FROM done LEFT JOIN worked USING (id) WHERE decided >= starts AND decided < ends
) o ORDER BY i
"""  # noqa: S608 - made of the constants above
BY_KIND = f"""{WITH}
SELECT kind, c.came, c.open, c.late, coalesce(o.decided, 0), coalesce(promised, 0), coalesce(in_time, 0), half, most
FROM (
    SELECT kind, count(*) FILTER (WHERE came >= %(since)s AND came < %(after)s) AS came,
           count(*) FILTER (WHERE decided IS NULL) AS open,
           count(*) FILTER (WHERE decided IS NULL AND NOT asked AND due_at < %(now)s) AS late
    FROM cases GROUP BY kind
) c LEFT JOIN (SELECT kind, {DECIDED} FROM done LEFT JOIN worked USING (id) GROUP BY kind) o USING (kind)
WHERE c.came + c.open + coalesce(o.decided, 0) > 0 ORDER BY kind
"""  # noqa: S608 - made of the constants above
WHOLE = f"{WITH} SELECT {DECIDED} FROM done LEFT JOIN worked USING (id)"  # noqa: S608 - made of the constants above


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided. `promised`: those that had a promised day; `half`, `most` (nine in ten): working time."""

    decided: int
    promised: int
    in_time: int
    half: timedelta | None
    most: timedelta | None

    @property
    def timeliness(self) -> int | None:
        """Share decided within the promised working days, in per cent; None where nothing was promised."""
        return round(100 * self.in_time / self.promised) if self.promised else None


@dataclass(frozen=True, slots=True)
class Week:
    """Monday to Sunday, cut to the period. `open_after`: cases not decided at its end."""

    period: Period
    came: int
    open_after: int
    done: Decided


@dataclass(frozen=True, slots=True)
class KindRow:
    """One service. `open` and `late` are of now, the rest of the period."""

    kind: str
    came: int
    open: int
    late: int
    done: Decided


@dataclass(frozen=True, slots=True)
class Board:
    """Everything of one agency over one period."""

    period: Period
    weeks: list[Week]
    kinds: list[KindRow]
    done: Decided

    @property
    def came(self) -> int:
        """Cases that came in the period."""
        return sum(week.came for week in self.weeks)

    @property
    def open(self) -> int:
        """Cases open now."""
        return sum(row.open for row in self.kinds)

    @property
    def late(self) -> int:
        """Cases open now whose promised time is over."""
        return sum(row.late for row in self.kinds)


def weeks_of(period: Period) -> list[Period]:
    """The weeks that the period touches, cut to it."""
    found, monday = [], period.since - timedelta(days=period.since.weekday())
    while monday <= period.until:
        last = min(monday + ONE_WEEK - ONE_DAY, period.until)
        found.append(Period(max(monday, period.since), last))
        monday += ONE_WEEK
    return found


def board(agency: Agency, period: Period) -> Board:
    """Three queries, whatever the length of the period or the number of cases."""
    weeks = weeks_of(period)
    values = _values(agency, period, weeks)
    by_week = _rows(BY_WEEK, values)
    shown = [Week(one, row[0], row[1], _decided(row[2:])) for one, row in zip(weeks, by_week, strict=True)]
    kinds = [
        KindRow(kind, came, left, late, _decided(done))
        for kind, came, left, late, *done in _rows(BY_KIND, values)
    ]
    return Board(period, shown, kinds, _decided(_rows(WHOLE, values)[0]))


def _decided(row: Sequence[Any]) -> Decided:
    decided, promised, in_time, half, most = row
    return Decided(decided, promised, in_time, _span(half), _span(most))


def _span(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=float(seconds))


def _rows(statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def _values(agency: Agency, period: Period, weeks: Iterable[Period]) -> dict[str, Any]:
    days = _days(period.since - LOOK_BACK, period.after)
    return {
        "agency": agency.pk,
        "now": timezone.now(),
        "zone": str(timezone.get_current_timezone()),
        "since": _midnight(period.since),
        "after": _midnight(period.after),
        "first": _midnight(period.since - LOOK_BACK),
        "starts": [_midnight(one.since) for one in weeks],
        "ends": [_midnight(one.after) for one in weeks],
        "days": [day for day, _before, _works in days],
        "before": [before for _day, before, _works in days],
        "works": [works for _day, _before, works in days],
    }


def _days(first: date, last: date) -> list[tuple[date, int, bool]]:
    """Each day with the number of working days before it, and whether it is one."""
    found, before = [], 0
    day = first
    while day <= last:
        works = is_working_day(day)
        found.append((day, before, works))
        before += works
        day += ONE_DAY
    return found


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))

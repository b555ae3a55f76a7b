"""The board of an agency: every number counted again by hand, from the same cases."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import quantiles
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Agency
from reference.calendar import working_time_between
from submissions import admin_board, board, services
from submissions.figures import Period
from submissions.models import Referral, Submission, Transition
from tests.accounts import factories as people
from tests.submissions.desk import a_case, address, logged_in
from tests.submissions.makers import CUSTOMS, a_company, an_agency

pytestmark = pytest.mark.django_db
PERIOD = Period(date(2026, 9, 16), date(2026, 10, 20))  # over the national holiday
KINDS = ("one", "two")


def at(day: date, hour: float = 0) -> datetime:
    return timezone.make_aware(datetime.combine(day, datetime.min.time())) + timedelta(hours=hour)


def step(row: Referral, verb: str, to: str, when: datetime, *, source: str = "x") -> Transition:
    return Transition(
        submission_id=row.submission_id, referral=row, verb=verb, from_state=source, to_state=to, at=when
    )


def told(count: int = 80) -> Agency:
    """Cases as chance made them: open, asked, decided early and late, withdrawn, and another agency's."""
    draw, company, agency, other = random.Random(7), a_company(), an_agency(), an_agency("police")
    submissions, rows, steps = [], [], []
    for number in range(count):
        came = at(date(2026, 8, 20), draw.uniform(0, 24 * 62))
        state = draw.choice(["accepted", "refused", "sent", "information_requested", "withdrawn", "waiting"])
        decided = came + timedelta(hours=draw.uniform(2, 400)) if state in ("accepted", "refused") else None
        whole = draw.choice(["in_progress", "in_progress", "partly_accepted"])
        submissions.append(
            Submission(
                kind=draw.choice(KINDS),
                company=company,
                reference=f"TJ26-{number}",
                state=whole,
                submitted_at=came,
                decided_at=came + timedelta(hours=500) if whole != "in_progress" else None,
            )
        )
        row = Referral(
            submission=submissions[-1],
            agency=draw.choice([agency, agency, other]),
            state=state,
            created_at=came,
            decided_at=decided,
            due_at=draw.choice([None, came + timedelta(days=3)]),
        )
        rows.append(row)
        steps += [
            step(row, "referral.send", "sent", came + timedelta(hours=1)),
            step(row, "referral.take", "sent", came + timedelta(hours=1.2), source="sent"),
            step(row, "referral.ask_information", "information_requested", came + timedelta(hours=1.5)),
            step(row, "referral.give_information", "sent", came + timedelta(hours=30)),
        ]
    Submission.objects.bulk_create(submissions)
    Referral.objects.bulk_create(rows)
    Transition.objects.bulk_create(steps)
    return agency


def decided_at(row: Referral) -> datetime | None:
    if row.state in ("accepted", "refused"):
        return row.decided_at
    return row.submission.decided_at


def worked(row: Referral) -> float | None:
    """Working days with the agency: two stretches, the question between them left out."""
    decided, came = decided_at(row), row.created_at
    assert decided is not None
    stretches = [
        (came + timedelta(hours=1), came + timedelta(hours=1.5)),
        (came + timedelta(hours=30), decided),
    ]
    spans = [working_time_between(a, min(b, decided)) for a, b in stretches if min(b, decided) > a]
    return sum(spans, timedelta()).total_seconds() if spans else None


def checked(found: board.Decided, rows: list[Referral], inside: Callable[[datetime], bool]) -> None:
    done = [row for row in rows if (when := decided_at(row)) is not None and inside(when)]
    promised = [row for row in done if row.due_at]
    assert found.decided == len(done)
    assert found.promised == len(promised)
    assert found.in_time == sum(decided_at(row) <= row.due_at for row in promised)  # type: ignore[operator]
    times = sorted(taken for row in done if (taken := worked(row)) is not None)
    for value, place in ((found.half, 49), (found.most, 89)):
        if len(times) > 1:
            assert value is not None
            expected = quantiles(times, n=100, method="inclusive")[place]
            assert value.total_seconds() == pytest.approx(expected, abs=0.01)


def test_every_number_is_that_of_a_recount() -> None:
    agency = told()
    found = board.board(agency, PERIOD)
    rows = [
        row
        for row in Referral.objects.filter(agency=agency).select_related("submission")
        if row.state != "withdrawn"
    ]
    checked(found.done, rows, lambda when: at(PERIOD.since) <= when < at(PERIOD.after))
    for week in found.weeks:
        starts, ends = at(week.period.since), at(week.period.after)
        assert week.came == sum(starts <= row.created_at < ends for row in rows)
        left = [decided_at(row) for row in rows if row.created_at < ends]
        assert week.open_after == sum(when is None or when >= ends for when in left)
        checked(week.done, rows, lambda when, a=starts, b=ends: a <= when < b)  # type: ignore[misc]
    for line in found.kinds:
        ours = [row for row in rows if row.submission.kind == line.kind]
        undecided = [row for row in ours if decided_at(row) is None]
        assert line.open == len(undecided)
        clock = [row for row in undecided if row.state != "information_requested" and row.due_at]
        assert line.late == sum(row.due_at < timezone.now() for row in clock)  # type: ignore[operator]
        checked(line.done, ours, lambda when: at(PERIOD.since) <= when < at(PERIOD.after))
    assert found.came == sum(row.came for row in found.kinds)
    assert sum(week.done.decided for week in found.weeks) == found.done.decided > 10


def test_weeks_begin_on_monday_and_are_cut_to_the_period() -> None:
    weeks = board.weeks_of(PERIOD)
    assert weeks[0] == Period(date(2026, 9, 16), date(2026, 9, 20))
    assert weeks[-1] == Period(date(2026, 10, 19), date(2026, 10, 20))
    assert [(b.since - a.until).days for a, b in pairwise(weeks)] == [1] * (len(weeks) - 1)


def test_an_agency_without_cases_has_an_empty_board() -> None:
    found = board.board(an_agency(), PERIOD)
    assert (found.came, found.open, found.late, found.done.timeliness, found.done.half) == (
        0,
        0,
        0,
        None,
        None,
    )
    assert found.kinds == []
    assert admin_board.sheets(found)[0].chart == {}


def test_the_page_and_its_csv_show_the_own_agencys_numbers(settings: Any) -> None:
    mine, others = a_case(), a_case(agencies=["police", "customs"])
    services.accept(mine.pk, by=CUSTOMS)
    olga = people.an_official(Agency.objects.get(code="customs"))
    paul = people.an_official(Agency.objects.get(code="police"), name="paul")
    page = logged_in(olga).get(address("board"))
    assert (page.context["board"].came, page.context["board"].done.decided) == (2, 1)
    assert "data-chart" in page.content.decode()
    assert logged_in(paul).get(address("board")).context["board"].came == 1
    answer = logged_in(olga).get(address("board_csv") + "?table=flow")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == ["Week from", "came", "decided", "open at its end"]
    assert rows[-1][1:] == ["2", "1", "1"]
    assert logged_in(olga).get(address("board_csv") + "?table=nothing").status_code == 404
    assert others.submission.reference not in page.content.decode()


def test_the_first_page_shows_what_waits_and_costs_the_same_for_many(settings: Any) -> None:
    a_case()
    olga = people.an_official(Agency.objects.get(code="customs"))
    client = logged_in(olga)

    def cost() -> tuple[int, Any]:
        with CaptureQueriesContext(connection) as queries:
            page = client.get(address("index"))
        return len(queries), page.context["home"]

    cost()
    one, _home = cost()
    cases = [a_case() for _ in range(9)]
    services.take(cases[0].pk, olga, by=CUSTOMS)
    Referral.objects.filter(pk=cases[1].pk).update(due_at=timezone.now() - timedelta(hours=1))
    many, home = cost()
    assert many == one
    standing = home["standing"]
    assert (standing.mine, standing.free, standing.late) == (1, 9, 1)
    assert [row.pk for row in home["leases"]] == [cases[0].pk]


def test_who_runs_the_portal_has_no_board() -> None:
    an_agency()
    client = logged_in(people.an_administrator("system_admin"))
    assert "home" not in client.get(address("index")).context
    assert client.get(address("board")).status_code == 403

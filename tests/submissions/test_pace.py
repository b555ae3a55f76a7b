"""Where a submission stands with an agency, and how fast that agency is by its own history."""

from __future__ import annotations

from datetime import timedelta
from statistics import quantiles

import pytest
from django.utils import timezone

from submissions import admin_registry, lifecycle, pace, services
from submissions.admin_registry import CaseDesk
from submissions.models import Referral
from tests.submissions.desk import a_case
from tests.submissions.makers import CUSTOMS, OFFICER, an_agency, an_officer, handed_in
from trail.actors import SYSTEM

pytestmark = pytest.mark.django_db
NOW = timezone.now


def decided_after(hours: float, **given: object) -> None:
    row = a_case(**given)
    services.accept(row.pk, by=CUSTOMS)
    Referral.objects.filter(pk=row.pk).update(created_at=NOW() - timedelta(hours=hours), decided_at=NOW())


def test_half_and_nine_in_ten_are_those_of_this_kind_and_agency() -> None:
    hours = [1.0, 2.0, 3.0, 4.0, 40.0]
    for one in hours:
        decided_after(one)
    decided_after(900.0, kind="another-kind")
    found = pace.pace(an_agency().pk, "test-kind")
    assert found.decided == len(hours)
    tenths = quantiles(hours, n=10, method="inclusive")
    assert found.half_within is not None
    assert found.most_within is not None
    assert found.half_within.total_seconds() / 3600 == pytest.approx(tenths[4], abs=0.01)
    assert found.most_within.total_seconds() / 3600 == pytest.approx(tenths[8], abs=0.01)


def test_too_few_say_nothing() -> None:
    for one in (1.0, 2.0, 3.0, 4.0):
        decided_after(one)
    assert pace.pace(an_agency().pk, "test-kind") == pace.Pace(4, None, None)


def test_the_place_counts_the_older_cases_of_the_same_agency() -> None:
    first, second, third = a_case(), a_case(), a_case()
    for age, row in ((3, first), (2, second), (1, third)):
        Referral.objects.filter(pk=row.pk).update(created_at=NOW() - timedelta(hours=age))
    assert [pace.standings(row.submission)[0].place for row in (first, second, third)] == [1, 2, 3]
    services.accept(first.pk, by=CUSTOMS)
    services.ask_information(second.pk, by=CUSTOMS, words="?")
    (asked,), (last,) = pace.standings(second.submission), pace.standings(third.submission)
    assert (asked.is_stopped, asked.place) == (True, 0)
    assert asked.stopped_since == second.transitions.get(verb="referral.ask_information").at
    assert last.stopped_since is None
    assert (last.is_stopped, last.place) == (False, 1)
    assert pace.standings(first.submission) == []


def test_it_says_that_somebody_has_it_until_the_lease_is_over() -> None:
    row = a_case()
    assert not pace.standings(row.submission)[0].is_taken
    services.take(row.pk, an_officer(), by=OFFICER)
    assert pace.standings(row.submission)[0].is_taken
    Referral.objects.filter(pk=row.pk).update(taken_until=NOW() - timedelta(seconds=1))
    assert not pace.standings(row.submission)[0].is_taken


def test_what_no_agency_has_yet_stands_nowhere() -> None:
    assert pace.standings(handed_in()) == []


def test_an_agency_reads_of_its_own_share_alone() -> None:
    row = a_case(agencies=["customs", "police"])
    other = row.submission.referrals.get(agency__code="police")
    lifecycle.advance(lifecycle.REFERRAL, [other.pk], "send", by=SYSTEM)
    assert {one.referral.pk for one in pace.standings(row.submission)} == {row.pk, other.pk}
    assert [one.referral.pk for one in pace.standings(row.submission, other.agency)] == [other.pk]


def test_of_a_queue_that_is_not_here_no_place_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    row = a_case()
    monkeypatch.setitem(admin_registry._desks, "test-kind", CaseDesk(("test-kind",), decided_here=False))
    (one,) = pace.standings(row.submission)
    assert (one.is_here, one.place) == (False, 0)

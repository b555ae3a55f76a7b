"""Planned outages: told before and during, dispatch pauses for their time, and only what they paused goes on."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Agency
from reference.problems import Refused
from submissions import outages, switch
from submissions.models import Outage
from submissions.outages import Plan
from tests.accounts import factories as people
from tests.submissions.desk import address, logged_in, said
from tests.submissions.makers import OFFICER, an_agency
from trail.models import Entry

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def a_plan(since: datetime | None = None, hours: float = 2, *, pauses: bool = True) -> Plan:
    since = since or timezone.now() + HOUR
    return Plan(since, since + hours * HOUR, "系统维护", "Maintenance", pauses)


def is_open() -> bool:
    return Agency.objects.get(code="customs").is_open


def test_a_wrong_plan_is_told_everything_at_once() -> None:
    now = timezone.now()
    found = outages.problems_of(Plan(now, now - HOUR, "", " "), now)
    assert [one.code for one in found] == ["outage.order", "outage.past", "outage.words", "outage.words"]
    assert outages.problems_of(a_plan(), now) == []


def test_two_outages_of_one_agency_do_not_overlap_and_those_of_two_may() -> None:
    plan = a_plan()
    first = outages.announce(an_agency(), plan, by=OFFICER)
    with pytest.raises(Refused):
        outages.announce(an_agency(), a_plan(plan.starts_at + HOUR), by=OFFICER)
    outages.announce(an_agency("police"), plan, by=OFFICER)
    outages.announce(an_agency(), a_plan(plan.ends_at), by=OFFICER)
    assert outages.cancel(first.pk, an_agency(), by=OFFICER, because="moved")
    assert not outages.cancel(first.pk, an_agency(), by=OFFICER, because="again")
    outages.announce(an_agency(), plan, by=OFFICER)
    assert Entry.objects.filter(action="agency.outage").count() == 4
    assert Entry.objects.get(action="agency.outage_cancelled").detail["because"] == "moved"


def test_dispatch_pauses_when_it_begins_and_goes_on_when_it_is_over() -> None:
    plan = a_plan()
    row = outages.announce(an_agency(), plan, by=OFFICER)
    outages.follow(plan.starts_at - HOUR)
    assert is_open()
    for moment in (plan.starts_at, plan.starts_at + HOUR):
        outages.follow(moment)
        assert not is_open()
    outages.follow(plan.ends_at)
    assert is_open()
    row.refresh_from_db()
    assert (row.paused_at, row.resumed_at) == (plan.starts_at, plan.ends_at)
    switch.switch_agency("customs", is_open=False, by=OFFICER, because="another matter")
    outages.follow(plan.ends_at + HOUR)
    assert not is_open()


@pytest.mark.parametrize("when", ["before", "during"])
def test_what_a_person_stopped_the_outage_does_not_start(when: str) -> None:
    plan = a_plan()
    outages.announce(an_agency(), plan, by=OFFICER)
    if when == "during":
        outages.follow(plan.starts_at)
        switch.switch_agency("customs", is_open=True, by=OFFICER)
    switch.switch_agency("customs", is_open=False, by=OFFICER, because="our access is refused")
    outages.follow(plan.starts_at)
    outages.follow(plan.ends_at)
    assert not is_open()


def test_a_mere_notice_pauses_nothing_and_cancelling_what_runs_starts_again() -> None:
    plan = a_plan(pauses=False)
    outages.announce(an_agency(), plan, by=OFFICER)
    outages.follow(plan.starts_at)
    assert is_open()
    now = timezone.now()
    row = outages.announce(an_agency(), a_plan(now - HOUR, 1.5), by=OFFICER)
    outages.follow(now)
    assert not is_open()
    assert outages.cancel(row.pk, an_agency(), by=OFFICER, because="done early")
    assert is_open()


def test_everybody_is_told_while_it_runs_and_applicants_before() -> None:
    an_agency("police")
    outages.announce(an_agency(), a_plan(), by=OFFICER)
    assert outages.speaking() == []
    assert [one.agency.code for one in outages.told_to(["customs", "tax"])] == ["customs"]
    assert outages.told_to(["police"]) == []
    Outage.objects.update(starts_at=timezone.now() - HOUR)
    (speaking,) = outages.speaking()
    assert (speaking.code, speaking.out_words_en) == ("customs", "Maintenance")  # type: ignore[attr-defined]
    Outage.objects.update(ends_at=timezone.now() - HOUR / 2)
    assert outages.speaking() == outages.told_to(["customs"]) == []


def test_a_supervisor_plans_and_cancels_on_the_page(settings: Any) -> None:
    agency = people.an_agency()
    client = logged_in(people.an_official(agency, "supervisor", name="sue"))
    url = address("agency_outage", "customs")
    given = {"words_zh": "维护", "words_en": "Maintenance", "pauses": "on"}
    wrong = client.post(url, given | {"starts_at": "2099-01-01T10:00", "ends_at": "2099-01-01T09:00"})
    assert wrong.status_code == 400
    assert "The end is not after the beginning." in wrong.content.decode()
    right = given | {"starts_at": "2099-01-01T08:00", "ends_at": "2099-01-01T10:00"}
    assert "announced" in said(client.post(url, right, follow=True))
    row = Outage.objects.get()
    assert timezone.localtime(row.starts_at).hour == 8
    assert "2099-01-01 08:00" in client.get(address("agency", "customs")).content.decode()
    assert "Say why" in said(client.post(url, {"cancel": str(row.pk), "reason": ""}, follow=True))
    assert "is cancelled" in said(client.post(url, {"cancel": str(row.pk), "reason": "moved"}, follow=True))
    assert "nothing was changed" in said(client.post(url, {"cancel": "x", "reason": "moved"}, follow=True))
    row.refresh_from_db()
    assert row.cancelled_at is not None

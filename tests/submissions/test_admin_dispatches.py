"""What did not get through: send again, replay, the switch of an agency."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import Agency, User
from submissions import dispatch, inbox
from submissions.gateways import AgencyProblem, Misconfigured, RefusedByAgency
from submissions.models import (
    Dispatch,
    DispatchState,
    InboxMessage,
    InboxState,
    ReferralState,
    Transition,
)
from tests.accounts import factories as people
from tests.submissions.desk import address, logged_in, said
from tests.submissions.fake_agency import FakeAgency
from tests.submissions.makers import handed_in, the_dispatch

pytestmark = pytest.mark.django_db


# --- dispatches -------------------------------------------------------------------------------------------


def refused_at_the_door(agency: FakeAgency, count: int = 1) -> list[Dispatch]:
    agency.verdict = lambda key, body: RefusedByAgency((AgencyProblem("X", "", "bad"),), 422, "bad")
    rows = [the_dispatch(handed_in()) for _ in range(count)]
    for row in rows:
        dispatch.run(row.pk)
        row.refresh_from_db()
        assert row.state == DispatchState.REFUSED
    return rows


def test_send_one_again(olga: User, agency: FakeAgency) -> None:
    (row,) = refused_at_the_door(agency)
    client = logged_in(olga)
    assert row.referral.submission.reference in client.get(address("dispatches")).content.decode()
    answer = client.post(address("send_again"), {"one": str(row.pk)}, follow=True)
    assert "1 dispatch is queued again." in said(answer)
    row.refresh_from_db()
    assert row.state == DispatchState.QUEUED
    assert row.referral.state == ReferralState.WAITING


def test_send_a_selection_and_all_of_a_filter_again(olga: User, agency: FakeAgency) -> None:
    rows = refused_at_the_door(agency, 4)
    client = logged_in(olga)
    chosen = [str(row.pk) for row in rows[:2]]
    assert "2 dispatches are queued again." in said(
        client.post(address("send_again"), {"dispatch": chosen}, follow=True)
    )
    again = client.post(address("send_again"), {"dispatch": chosen}, follow=True)
    assert "2 were left alone" in said(again)
    assert "2 dispatches are queued again." in said(
        client.post(address("send_again"), {"everything": "yes", "failure": "refused"}, follow=True)
    )


def test_a_stopped_dispatch_names_its_failure(customs: Agency, agency: FakeAgency) -> None:
    row = the_dispatch(handed_in())
    agency.script = [Misconfigured("the agency refuses our access", 401)]
    dispatch.run(row.pk)
    client = logged_in(people.an_administrator("system_admin"))
    page = client.get(address("dispatches"), {"failure": "misconfigured"}).content.decode()
    assert "our access is refused" in page
    assert "the agency refuses our access" in client.get(address("agency", "customs")).content.decode()
    assert (
        "No dispatch has failed."
        in client.get(address("dispatches"), {"failure": "malformed"}).content.decode()
    )


def test_what_was_sent_is_sent_again_only_with_a_reason(olga: User, agency: FakeAgency) -> None:
    row = the_dispatch(handed_in())
    dispatch.run(row.pk)
    client = logged_in(olga)
    page = client.post(address("send_again"), {"one": str(row.pk)})
    assert "say why" in page.content.decode()
    row.refresh_from_db()
    assert row.state == DispatchState.SENT
    client.post(address("send_again"), {"dispatch": [str(row.pk)], "reason": "They lost it."})
    row.refresh_from_db()
    assert row.state == DispatchState.QUEUED
    assert Transition.objects.get(verb="dispatch.again").why == "They lost it."


def test_another_agencys_dispatch_is_not_touched(olga: User) -> None:
    other = the_dispatch(handed_in(agencies=["police"]))
    Dispatch.objects.filter(pk=other.pk).update(state="stopped")
    client = logged_in(olga)
    assert "Nothing was selected." in said(
        client.post(address("send_again"), {"one": str(other.pk), "reason": "x"}, follow=True)
    )
    client.post(address("send_again"), {"everything": "yes"})
    other.refresh_from_db()
    assert other.state == DispatchState.STOPPED


def test_a_parked_message_is_shown_with_its_reason_and_replayed(
    olga: User, agency: FakeAgency, commits: Callable[[], Any]
) -> None:
    def unreadable(message: InboxMessage, body: bytes) -> None:
        raise inbox.Park("no such thing as <x>")

    from submissions import registry

    registry.register_inbox_reader("customs", unreadable)
    kept = inbox.store("customs", "m-1", b"<x/>", "application/xml")
    inbox.process(kept.id)
    client = logged_in(olga)
    page = client.get(address("inbox")).content.decode()
    assert "m-1" in page
    assert "no such thing as &lt;x&gt;" in page
    assert "1 message is read again." in said(
        client.post(address("replay"), {"message": [str(kept.id)]}, follow=True)
    )
    assert InboxMessage.objects.get().state == InboxState.RECEIVED
    assert "were left alone" in said(client.post(address("replay"), {"one": str(kept.id)}, follow=True))


# --- agencies ---------------------------------------------------------------------------------------------


def test_a_supervisor_switches_the_own_agency_off_and_on_with_a_notice(customs: Agency) -> None:
    people.an_agency("police")
    client = logged_in(people.an_official(customs, "supervisor"))
    assert client.get(address("agency", "police")).status_code == 404
    url = address("agency", "customs")
    assert client.post(url, {"to": "off", "because": "maintenance"}).status_code == 400
    customs.refresh_from_db()
    assert customs.is_open
    words = {"because": "maintenance", "notice_zh": "维护", "notice_en": "Maintenance"}
    client.post(url, {"to": "off"} | words)
    customs.refresh_from_db()
    assert (customs.is_open, customs.notice_en) == (False, "Maintenance")
    assert "Maintenance" in client.get(url).content.decode()
    client.post(url, {"to": "on", "because": "done"})
    customs.refresh_from_db()
    assert (customs.is_open, customs.notice_en, customs.stopped_because) == (True, "", "")


def test_every_page_of_the_desk_says_something_when_it_is_empty(customs: Agency) -> None:
    client = logged_in(people.an_official(customs, "supervisor"))
    for name, words in {
        "queue": "The queue is empty.",
        "dispatches": "No dispatch has failed.",
        "inbox": "Every message from an agency has been read.",
        "replies": "Every answer has found its document.",
    }.items():
        assert words in client.get(address(name)).content.decode()

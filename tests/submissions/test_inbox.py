"""Messages from agencies: stored first, repeat-safe, parked with a reason, replayable."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from submissions import inbox, registry, sweep
from submissions.lifecycle import NotAllowed, WrongState
from submissions.models import InboxMessage
from tests.submissions.fake_agency import FakeAgency, Killed
from tests.submissions.makers import ALICE, CLIENT, an_agency, handed_in
from trail.models import Entry

pytestmark = pytest.mark.django_db


def make_due(message_id: object) -> None:
    """The waiting is over."""
    InboxMessage.objects.filter(pk=message_id).update(due_at=timezone.now())


@pytest.fixture
def read(agency: FakeAgency) -> list[bytes]:
    """What the desk's reader got."""
    an_agency()
    got: list[bytes] = []
    registry.register_inbox_reader("customs", lambda message, body: got.append(body))
    return got


def test_stored_sealed_and_applied_once(
    read: list[bytes], nudged: list[Any], commits: Callable[[], Any]
) -> None:
    with commits():
        stored = inbox.store("customs", "m1", b"<reply/>", "application/xml")
    assert stored.status == "new"
    assert nudged == [("process_inbox", str(stored.id))]
    row = InboxMessage.objects.get()
    assert b"reply" not in bytes(row.sealed_body)
    assert inbox.process(stored.id) == "applied"
    row.refresh_from_db()
    assert row.state == "applied"
    make_due(stored.id)
    assert inbox.process(stored.id) == ""
    assert read == [b"<reply/>"]


def test_a_repeat_gets_the_same_answer_and_other_bytes_a_conflict(read: list[bytes]) -> None:
    first = inbox.store("customs", "m1", b"one", "text/plain")
    assert inbox.store("customs", "m1", b"one", "text/plain") == inbox.StoredInbox("repeat", first.id)
    assert inbox.store("customs", "m1", b"two", "text/plain") == inbox.StoredInbox("conflict", first.id)
    an_agency("tax")
    assert inbox.store("tax", "m1", b"two", "text/plain").status == "new"
    assert inbox.unseal_body(InboxMessage.objects.get(pk=first.id)) == b"one"


def test_an_unknown_agency_is_an_error() -> None:
    with pytest.raises(LookupError):
        inbox.store("nobody", "m1", b"", "text/plain")


def test_a_lost_nudge_is_found_by_the_sweep(read: list[bytes]) -> None:
    stored = inbox.store("customs", "m1", b"one", "text/plain")
    assert sweep.due_inbox() == [stored.id]


def test_poison_is_parked_with_its_reason_others_go_on_and_it_can_be_replayed(agency: FakeAgency) -> None:
    an_agency()
    healthy = False
    got: list[bytes] = []

    def reader(message: InboxMessage, body: bytes) -> None:
        handed_in()  # what a failed try has written is gone
        if body == b"poison" and not healthy:
            raise ValueError("no such element")
        got.append(body)

    registry.register_inbox_reader("customs", reader)
    poison = inbox.store("customs", "m1", b"poison", "text/plain").id
    fine = inbox.store("customs", "m2", b"fine", "text/plain").id
    outcomes = []
    for _ in range(inbox.TRIES):
        make_due(poison)
        outcomes.append(inbox.process(poison))
    assert outcomes == ["put_off"] * (inbox.TRIES - 1) + ["parked"]
    assert inbox.process(fine) == "applied"
    row = InboxMessage.objects.get(pk=poison)
    assert (row.state, row.reason) == ("parked", "ValueError: no such element")
    assert Entry.objects.filter(action="inbox.park", object_id=str(poison)).exists()
    assert sweep.due_inbox() == []
    healthy = True
    inbox.replay(poison, by=ALICE, why="reader mended")
    assert inbox.process(poison) == "applied"
    assert got == [b"fine", b"poison"]


def test_a_failed_try_waits_before_the_next(agency: FakeAgency) -> None:
    an_agency()
    stored = inbox.store("customs", "m1", b"x", "text/plain")  # nobody has registered a reader
    registry._readers.clear()
    assert inbox.process(stored.id) == "put_off"
    assert inbox.process(stored.id) == ""
    assert "NotRegistered" in InboxMessage.objects.get().reason


def test_a_reader_may_park_at_once(agency: FakeAgency) -> None:
    def reader(message: InboxMessage, body: bytes) -> None:
        raise inbox.Park("not XML")

    registry.register_inbox_reader("customs", reader)
    an_agency()
    stored = inbox.store("customs", "m1", b"x", "text/plain")
    assert inbox.process(stored.id) == "parked"
    assert InboxMessage.objects.get().reason == "not XML"


def test_killed_in_the_reading_it_is_read_again_and_parked_in_the_end(agency: FakeAgency) -> None:
    def reader(message: InboxMessage, body: bytes) -> None:
        handed_in()
        raise Killed

    registry.register_inbox_reader("customs", reader)
    an_agency()
    stored = inbox.store("customs", "m1", b"x", "text/plain")
    for _ in range(inbox.TRIES):
        make_due(stored.id)
        with pytest.raises(Killed):
            inbox.process(stored.id)
    row = InboxMessage.objects.get()
    assert (row.state, row.attempts_made) == ("received", inbox.TRIES)
    assert inbox.process(stored.id) == ""  # its worker may still be alive
    make_due(stored.id)
    assert inbox.process(stored.id) == "parked"


def test_only_parked_ones_are_replayed_and_only_by_people(read: list[bytes]) -> None:
    stored = inbox.store("customs", "m1", b"x", "text/plain")
    with pytest.raises(WrongState):
        inbox.replay(stored.id, by=ALICE)
    with pytest.raises(NotAllowed):
        inbox.replay(stored.id, by=CLIENT)


@pytest.mark.django_db(transaction=True)
def test_twins_arriving_at_the_same_moment_are_stored_and_read_once(read: list[bytes]) -> None:
    start = threading.Barrier(4, timeout=10)
    found: list[inbox.StoredInbox] = []

    def arrive() -> None:
        try:
            start.wait()
            stored = inbox.store("customs", "m1", b"x", "text/plain")
            found.append(stored)
            inbox.process(stored.id)
        finally:
            connection.close()

    threads = [threading.Thread(target=arrive) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(s.status for s in found) == ["new", "repeat", "repeat", "repeat"]
    assert len({s.id for s in found}) == 1
    assert read == [b"x"]

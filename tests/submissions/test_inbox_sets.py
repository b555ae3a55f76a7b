"""Messages that wait are read in sets: one that fails, or kills its worker, harms no other of its set."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from submissions import inbox, registry, tasks
from submissions.models import InboxMessage, Submission
from tests.submissions.fake_agency import FakeAgency, Killed
from tests.submissions.makers import an_agency, handed_in

pytestmark = pytest.mark.django_db
Pair = tuple[InboxMessage, bytes]


class Desk:
    """A desk that reads sets; what it read, one list a set."""

    def __init__(self) -> None:
        self.sets: list[list[bytes]] = []
        self.alone: list[bytes] = []

    def read(self, message: InboxMessage, body: bytes) -> None:
        self.mind([body])
        self.alone.append(body)

    def read_set(self, messages: Sequence[Pair]) -> None:
        bodies = [body for _message, body in messages]
        self.mind(bodies)
        self.sets.append(bodies)

    def mind(self, bodies: Sequence[bytes]) -> None:
        handed_in()  # what a failed try has written is gone
        for body in bodies:
            if body == b"apart":
                raise inbox.Apart
            if body == b"park":
                raise inbox.Park("not XML")
            if body == b"fail":
                raise ValueError("no such element")
            if body == b"kill":
                raise Killed


@pytest.fixture
def desk(agency: FakeAgency) -> Desk:
    an_agency()
    made = Desk()
    registry.register_inbox_reader("customs", made.read, sets=made.read_set)
    return made


def store(*bodies: bytes, content_type: str = "text/plain", agency: str = "customs") -> list[UUID]:
    start = InboxMessage.objects.count()
    return [inbox.store(agency, f"m{start + n}", body, content_type).id for n, body in enumerate(bodies)]


def states(ids: Sequence[UUID]) -> list[tuple[str, int]]:
    kept = {row.pk: (row.state, row.attempts_made) for row in InboxMessage.objects.all()}
    return [kept[key] for key in ids]


def test_what_waits_is_read_at_once_and_once(desk: Desk) -> None:
    ids = store(b"1", b"2", b"3")
    assert inbox.process_set(ids[::-1]) == dict.fromkeys(ids, "applied")
    assert desk.sets == [[b"1", b"2", b"3"]]  # oldest first
    assert states(ids) == [("applied", 1)] * 3
    assert inbox.process_set(ids) == {}
    assert Submission.objects.count() == 1


def test_one_that_waits_alone_is_read_alone(desk: Desk) -> None:
    assert inbox.process_set(store(b"1")) != {}
    assert (desk.sets, desk.alone) == ([], [b"1"])


def test_the_task_takes_what_waits_in_the_mailbox(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = store(b"1", b"2", b"3")
    waiting = [str(key) for key in ids[:2]]
    monkeypatch.setattr("submissions.mailbox.take", lambda name, most: waiting[:most])
    tasks.process_inbox(str(ids[2]))
    assert desk.sets == [[b"1", b"2", b"3"]]


def test_other_agencies_json_and_what_was_tried_before_stay_out_of_a_set(desk: Desk) -> None:
    an_agency("tax")
    registry.register_inbox_reader("tax", desk.read)
    (other,) = store(b"other", agency="tax")
    (answer,) = store(b"{}", content_type="application/json; charset=utf-8")
    tried, later, *fine = store(b"tried", b"later", b"1", b"2")
    InboxMessage.objects.filter(pk=tried).update(attempts_made=1)
    InboxMessage.objects.filter(pk=later).update(due_at=timezone.now() + timedelta(seconds=9))
    found = inbox.process_set([other, answer, tried, later, *fine])
    assert desk.sets == [[b"1", b"2"]]
    assert desk.alone == [b"other", b"tried"]
    assert {found[key] for key in (other, tried, *fine)} == {"applied"}
    assert later not in found
    assert found[answer] != "applied"  # the reader of offices' decisions had it, and knows no such number


@pytest.mark.parametrize(("bad", "end"), [(b"park", "parked"), (b"fail", "put_off")])
def test_one_that_fails_is_left_alone_and_the_others_are_applied(desk: Desk, bad: bytes, end: str) -> None:
    ids = store(b"1", bad, b"2")
    assert list(inbox.process_set(ids).values()) == ["applied", end, "applied"]
    assert desk.sets == []
    assert desk.alone == [b"1", b"2"]
    assert [tries for _state, tries in states(ids)] == [1, 1, 1]
    assert Submission.objects.count() == 2


def test_a_set_may_ask_to_be_read_one_by_one(desk: Desk) -> None:
    ids = store(b"1", b"2", b"apart")
    desk.mind = lambda bodies: None if len(bodies) == 1 else Desk.mind(desk, bodies)  # type: ignore[method-assign]
    assert set(inbox.process_set(ids).values()) == {"applied"}
    assert desk.alone == [b"1", b"2", b"apart"]


def test_one_that_kills_its_worker_is_parked_in_the_end_and_alone(desk: Desk) -> None:
    ids = store(b"1", b"kill", b"2")
    with pytest.raises(Killed):
        inbox.process_set(ids)
    assert states(ids) == [("received", 1)] * 3  # the worker may still be alive
    assert inbox.process_set(ids) == {}
    for _ in range(inbox.TRIES):
        InboxMessage.objects.update(due_at=timezone.now())
        for key in ids:
            with contextlib.suppress(Killed):
                inbox.process_set([key])
    assert desk.sets == []
    assert desk.alone == [b"1", b"2"]
    assert states(ids) == [("applied", 2), ("parked", inbox.TRIES + 1), ("applied", 2)]
    # What comes now forms sets again.
    inbox.process_set(store(b"3", b"4"))
    assert desk.sets == [[b"3", b"4"]]


def test_one_that_kills_its_worker_takes_one_try_from_the_others_and_no_more(desk: Desk) -> None:
    """After such a death they wait together again, the killer among them: each is claimed by itself."""
    ids = store(b"kill", b"1", b"2")
    for _ in range(inbox.TRIES + 2):
        InboxMessage.objects.filter(state="received").update(due_at=timezone.now())
        with contextlib.suppress(Killed):
            inbox.process_set(ids)
    assert states(ids) == [("parked", inbox.TRIES + 1), ("applied", 2), ("applied", 2)]

"""Tasks are nudges: ids in, service out; the sweep wakes workers for everything due."""

from __future__ import annotations

from typing import Any

import pytest

from portal.celery import app
from submissions import inbox, registry, tasks
from submissions.models import IdempotencyKey, InboxMessage
from tests.submissions.fake_agency import FakeAgency
from tests.submissions.makers import handed_in, the_dispatch

pytestmark = pytest.mark.django_db


def test_a_task_tries_its_dispatch_and_twice_does_no_harm(agency: FakeAgency) -> None:
    row = the_dispatch(handed_in())
    tasks.dispatch(str(row.pk))
    tasks.dispatch(str(row.pk))
    assert agency.delivered == [str(row.key)]


def test_a_task_reads_its_message(agency: FakeAgency) -> None:
    handed_in()
    registry.register_inbox_reader("customs", lambda message, body: None)
    stored = inbox.store("customs", "m1", b"x", "text/plain")
    tasks.process_inbox(str(stored.id))
    assert InboxMessage.objects.get().state == "applied"


def test_the_sweep_wakes_workers_for_what_lost_its_nudge(agency: FakeAgency, nudged: list[Any]) -> None:
    row = the_dispatch(handed_in())
    stored = inbox.store("customs", "m1", b"x", "text/plain")
    IdempotencyKey.objects.create(principal="p", key="k", method_path="", sha256="")
    tasks.sweep()
    assert nudged == [("dispatch", str(row.pk)), ("process_inbox", str(stored.id))]
    assert IdempotencyKey.objects.exists()


def test_tasks_have_the_names_that_the_timetable_uses() -> None:
    names = {"submissions.tasks.dispatch", "submissions.tasks.process_inbox", "submissions.tasks.sweep"}
    assert names <= set(app.tasks)
    entries = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert "submissions.tasks.sweep" in entries

"""Replies in every order, doubled and delayed: the newest returnTime decides, nothing is lost, none counts
twice.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from itertools import pairwise

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customs.models import CustomsReply, DocumentEvent
from submissions.models import Change
from tests.customs import replying, rows
from tests.customs.replying import said, time

# The ways a list really goes; the last status of each says where it ends.
LIVES = (
    (("2", "120", "800"), "released"),
    (("2", "120", "300", "800"), "released"),
    (("2", "120", "500", "800", "899"), "closed"),
    (("2", "100"), "returned"),
    (("1", "2", "3", "120", "300", "100"), "returned"),
    (("2", "-621018"), "eport_refused"),
    (("4", "3", "120", "399", "800"), "released"),
    (("2", "120", "501", "502", "700"), "sent_back"),
)


class Undone(Exception):
    """Takes an example's rows away."""


@st.composite
def arrivals(draw: st.DrawFn) -> tuple[str, list[list[tuple[str, int]]]]:
    """A life, shuffled, some said twice, cut into messages."""
    statuses, end = draw(st.sampled_from(LIVES))
    told = [(status, minute) for minute, status in enumerate(statuses, 1)]
    doubled = draw(st.lists(st.sampled_from(told), max_size=3))
    order = draw(st.permutations(told + doubled))
    cuts = sorted(draw(st.sets(st.integers(1, len(order)), max_size=3)))
    bounds = [0, *cuts, len(order)]
    return end, [order[a:b] for a, b in pairwise(bounds) if order[a:b]]


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(arrivals(), st.sampled_from(["ready", "sent"]))
def test_the_newest_return_time_decides(life: tuple[str, list[list[tuple[str, int]]]], before: str) -> None:
    end, messages = life
    with contextlib.suppress(Undone), transaction.atomic():
        _play(end, messages, before)
        raise Undone


def _play(end: str, messages: Sequence[Sequence[tuple[str, int]]], before: str) -> None:
    one = rows.inventory(state=before)
    for message in messages:
        replying.arrive("CEB622", *(said(one, status, time(minute)) for status, minute in message))
    one.refresh_from_db()
    told = {pair for message in messages for pair in message}
    newest = max(minute for _status, minute in told)
    kept = list(CustomsReply.objects.filter(document_id=one.pk))
    assert one.state == end
    assert one.return_time == time(newest)
    # Nothing is lost …
    assert len(kept) == sum(map(len, messages))
    assert {(reply.status, reply.return_time) for reply in kept} == {(s, time(m)) for s, m in told}
    # … and none counts twice.
    assert sum(reply.outcome != "repeated" for reply in kept) == len(told)
    applied = [reply for reply in kept if reply.outcome == "applied"]
    events = list(DocumentEvent.objects.filter(document_id=one.pk).order_by("at", "id"))
    assert {event.reply_id for event in events} == {reply.pk for reply in applied}
    assert (
        len(events)
        == len(applied)
        == Change.objects.filter(object_id=str(one.pk), agencies=["customs"]).count()
    )
    # The log tells it in customs' order, each step beginning where the last one ended.
    times = [next(r.return_time for r in applied if r.pk == event.reply_id) for event in events]
    assert times == sorted(times)
    path = [before, *(event.to_state for event in events)]
    assert [event.from_state for event in events] == path[:-1]

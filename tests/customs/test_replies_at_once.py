"""Several workers at once, with real transactions: nobody waits in a circle, nothing is lost or doubled."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import connection, transaction

from customs import forward, replies
from customs.models import CustomsReply, DocumentEvent, Inventory
from submissions.models import Change, Dispatch, InboxMessage, Submission
from submissions.registry import Happened
from tests.customs import replying, rows
from tests.customs.replying import said, time
from trail.actors import SYSTEM

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(acts: Sequence[Callable[[], object]]) -> None:
    """Each act in a thread and a connection of its own."""

    def run(act: Callable[[], object]) -> None:
        try:
            act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        for done in [pool.submit(run, act) for act in acts]:
            done.result()


def read(inbox: InboxMessage, body: bytes) -> None:
    with transaction.atomic():
        replies.read_inbox(inbox, body)


def test_replies_settle_and_sweep_meet_on_the_same_documents() -> None:
    lists = []
    for part in range(2):
        message = rows.message(documents=10)
        lists += [rows.inventory(f"P{part}N{n}", of=message, index=n, state="ready") for n in range(1, 11)]
    shuffled = random.Random(7)
    acts: list[Callable[[], object]] = []
    for minute, status in enumerate(("2", "3", "120", "300", "800"), 1):
        order = shuffled.sample(lists, len(lists))
        body = replying.message("CEB622", *(said(one, status, time(minute)) for one in order))
        acts += [partial(read, replying.stored(body), body), partial(read, replying.stored(body), body)]
    for dispatch in Dispatch.objects.select_related("referral"):
        happened = Happened(
            "dispatch.deliver", (dispatch.pk,), (dispatch.referral.submission_id,), SYSTEM, "", ""
        )
        acts.append(partial(transaction.atomic(forward.delivered), happened))
    acts.append(replies.reconsider_parked)
    at_once(shuffled.sample(acts, len(acts)))
    assert set(Inventory.objects.values_list("state", "return_time")) == {("released", time(5))}
    assert set(Submission.objects.values_list("state", flat=True)) == {"accepted"}
    assert CustomsReply.objects.count() == 2 * 5 * len(lists)
    assert CustomsReply.objects.exclude(outcome="repeated").count() == 5 * len(lists)
    assert Change.objects.filter(event="list-released", agencies=["customs"]).count() == len(lists)
    released = DocumentEvent.objects.filter(verb="release")
    assert released.count() == released.values("document_id").distinct().count() == len(lists)


def test_parked_replies_are_taken_up_once() -> None:
    ghosts = [said(rows.order(f"K{n}"), "120", time(1)) | {"orderNo": f"L{n}"} for n in range(10)]
    replying.arrive("CEB312", *ghosts)
    for n in range(10):
        rows.order(f"L{n}")
    at_once([replies.reconsider_parked] * 4)
    assert CustomsReply.objects.filter(outcome="applied").count() == 10
    assert DocumentEvent.objects.filter(verb="store").count() == 10
    assert replies.reconsider_parked() == 0


def test_what_a_dead_worker_left_behind_is_caught_up() -> None:
    message = rows.message("CEB411")
    one = rows.payment(of=message)
    Dispatch.objects.update(state="sent")
    assert forward.catch_up_behind() == 1
    one.refresh_from_db()
    assert one.state == "sent"
    assert forward.catch_up_behind() == 0

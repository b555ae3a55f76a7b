"""Reply messages read as a set: the same as one by one in customs' order, however they came."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customs.models import CustomsReply, DocumentEvent, Inventory, LimitEntry, Order, YearlyUse
from submissions import inbox
from submissions.models import Change, InboxMessage, Notice, Submission
from tests.customs import replying, rows
from tests.customs.replying import TYPE, said, time
from tests.customs.test_replies_any_order import LIVES, Undone
from tests.customs.test_replies_at_once import at_once

OF_ORDERS = (
    ("2", "120"),
    ("2", "100"),
    ("1", "2", "3", "120"),
    ("2", "-301010"),
    ("4", "3", "120"),
    ("600", "2"),
)
Told = tuple[int, str, int]  # which document, status, minute


@st.composite
def sets(draw: st.DrawFn) -> tuple[list[Told], list[list[Told]]]:
    """What customs says of two lists and an order, in its order; and cut into messages that come in any."""
    lives = [draw(st.sampled_from(LIVES))[0] for _ in range(2)] + [draw(st.sampled_from(OF_ORDERS))]
    told = [
        (of, status, 3 * turn + of) for of, life in enumerate(lives) for turn, status in enumerate(life, 1)
    ]
    told += draw(st.lists(st.sampled_from(told), max_size=3))
    messages: dict[tuple[int, bool], list[Told]] = {}
    for one in draw(st.permutations(told)):
        messages.setdefault((draw(st.integers(1, 4)), one[0] == ORDER), []).append(one)
    return sorted(told, key=lambda one: one[2]), list(messages.values())


ORDER = 2


def world(name: str) -> list[Any]:
    """Two lists of one message, one of them counted against its buyer's limit, and an order."""
    message = rows.message(documents=2)
    lists = [rows.inventory(f"{name}{n}", of=message, index=n, state="sent") for n in (1, 2)]
    LimitEntry.objects.create(
        inventory_id=lists[0].pk, buyer_id_hash=name.encode(), year=2026, amount="129.00"
    )
    YearlyUse.objects.create(buyer_id_hash=name.encode(), year=2026, used="129.00")
    return [*lists, rows.order(f"{name}3", state="sent")]


def send(documents: Sequence[Any], told: Sequence[Told]) -> UUID:
    """One reply message to the inbox; all its replies speak of one kind of document."""
    entries = [
        said(documents[of], status, time(minute), f"{status}!", **_numbers(documents[of], minute))
        for of, status, minute in told
    ]
    body = replying.message(TYPE[documents[told[0][0]].kind], *entries)
    return inbox.store("customs", str(random.random()), body, "application/xml").id


def _numbers(document: Any, minute: int) -> dict[str, str]:
    """Some replies name customs' numbers, and not always the same."""
    if document.kind != "inventory":
        return {}
    return {"preNo": f"B{minute}" if minute % 2 else "", "invtNo": "" if minute % 3 else f"I{minute}"}


def picture(one: Any) -> dict[str, Any]:
    """Everything that can be told of a document, without keys and without its name."""
    one.refresh_from_db()
    kept = CustomsReply.objects.filter(document_id=one.pk)
    log = DocumentEvent.objects.filter(document_id=one.pk).order_by("at", "id")
    fed = Change.objects.filter(object_id=str(one.pk)).order_by("pk")
    hidden = {"number", "order_no"}
    told = Notice.objects.filter(submission_id=one.message_id, params__numbers__icontains=one.order_no)
    return {
        "now": [one.state, one.return_time, one.return_code, one.return_info],
        "list": [getattr(one, name, "") for name in ("pre_no", "invt_no", "released_at")],
        "replies": sorted(kept.values_list("status", "return_time", "outcome")),
        "log": list(log.values_list("verb", "from_state", "to_state", "actor_label", "why")),
        "feed": [
            (row.event, row.parties, row.agencies, {k: v for k, v in row.data.items() if k not in hidden})
            for row in fed
        ],
        "submission": Submission.objects.get(pk=one.message_id).state,
        "last news": sorted(told.filter(code__contains=one.state).values_list("code", flat=True).distinct()),
        "limit": list(
            LimitEntry.objects.filter(pk=one.pk, given_back_at=None).values_list("amount", flat=True)
        ),
    }


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sets())
def test_a_set_in_any_order_is_as_one_by_one_in_customs_order(
    example: tuple[list[Told], list[list[Told]]],
) -> None:
    with contextlib.suppress(Undone), transaction.atomic():
        _compare(*example)
        raise Undone


def _compare(told: Sequence[Told], messages: Sequence[Sequence[Told]]) -> None:
    rows.customs_agency()
    one_by_one, at_once = world("A"), world("B")
    for one in told:
        assert inbox.process(send(one_by_one, [one])) == "applied"
    ids = [send(at_once, message) for message in messages]
    assert set(inbox.process_set(ids).values()) == {"applied"}
    for found, expected in zip(map(picture, at_once), map(picture, one_by_one), strict=True):
        for what, value in expected.items():
            assert (what, found[what]) == (what, value)
    assert len(set(YearlyUse.objects.values_list("used", flat=True))) == 1


@pytest.mark.django_db
def test_poison_in_a_set_is_parked_alone() -> None:
    documents = world("A")
    ids = [send(documents, [(0, "2", 1)]), send(documents, [(0, "120", 2)]), send(documents, [(2, "120", 3)])]
    for body in (b"<html/>", replying.message("CEB514", {"guid": "G" * 36})):
        ids.append(inbox.store("customs", str(len(ids)), body, "application/xml").id)
    assert sorted(inbox.process_set(ids).values()) == ["applied"] * 3 + ["parked"] * 2
    kept = InboxMessage.objects.in_bulk(ids)
    assert [kept[key].state for key in ids] == ["applied"] * 3 + ["parked"] * 2
    assert [picture(one)["now"][0] for one in documents] == ["stored", "sent", "stored"]
    assert CustomsReply.objects.filter(outcome="applied").count() == 3


@pytest.mark.django_db
def test_an_offices_json_among_them_is_read_by_itself() -> None:
    documents = world("A")
    ids = [send(documents, [(0, "2", 1)])]
    ids.append(inbox.store("customs", "json", b'{"no": "decision"}', "text/plain").id)
    assert inbox.process_set(ids)[ids[0]] == "applied"
    kept = InboxMessage.objects.in_bulk(ids)
    assert [kept[key].state == "applied" for key in ids] == [True, False]


@pytest.mark.django_db
def test_many_messages_take_as_many_queries_as_few() -> None:
    counts = []
    for size, name in ((2, "S"), (8, "L")):
        message = rows.message(documents=size)
        lists = [rows.inventory(f"{name}{n}", of=message, index=n, state="sent") for n in range(1, size + 1)]
        ids = [
            send(lists, [(n, status, minute)])
            for n in range(size)
            for minute, status in enumerate(("2", "800"), 1)
        ]
        with CaptureQueriesContext(connection) as queries:
            assert set(inbox.process_set(ids).values()) == {"applied"}
        counts.append(len(queries))
        assert Inventory.objects.filter(message=message, state="released").count() == size
    assert counts[0] == counts[1]
    assert counts[1] <= 36


@pytest.mark.django_db(transaction=True)
def test_sets_of_several_workers_meet_on_the_same_documents() -> None:
    message = rows.message(documents=6)
    lists = [rows.inventory(f"N{n}", of=message, index=n, state="ready") for n in range(1, 7)]
    orders = [rows.order(f"O{n}", state="sent") for n in range(1, 7)]
    documents, dice = [*lists, *orders], random.Random(5)
    acts = []
    for minute, status in enumerate(("2", "3", "120", "300", "800"), 1):
        some = [(n, status, minute) for n in dice.sample(range(6), 6)]
        acts += [send(documents, some), send(documents, some)]
        if minute <= 3:
            acts.append(send(documents, [(n + 6, status, minute) for n in dice.sample(range(6), 6)]))
    at_once([partial(_until_done, dice.sample(acts, len(acts))) for _ in range(4)])
    assert set(InboxMessage.objects.values_list("state", flat=True)) == {"applied"}
    assert set(Inventory.objects.values_list("state", "return_time")) == {("released", time(5))}
    assert set(Order.objects.values_list("state", flat=True)) == {"stored"}
    assert CustomsReply.objects.count() == len(lists) * 10 + len(orders) * 3
    assert CustomsReply.objects.exclude(outcome="repeated").count() == len(lists) * 5 + len(orders) * 3
    assert DocumentEvent.objects.filter(verb="release").count() == len(lists)


def _until_done(ids: Sequence[UUID]) -> None:
    for start in range(0, len(ids), 4):
        inbox.process_set(ids[start : start + 4])

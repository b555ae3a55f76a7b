"""One act, one row, with the number of the request, in the transaction of the act."""

from __future__ import annotations

import pytest
from django.db import transaction

from trail.actors import SYSTEM, Actor
from trail.models import Entry
from trail.services import record, request_id

pytestmark = pytest.mark.django_db


def test_a_row_says_who_for_whom_what_and_in_which_request():
    token = request_id.set("req-12345678")
    actor = Actor("client", "c" * 80, "ERP", "声明 → 委托")
    record("act.done", by=actor, object_type="thing", object_id=7, detail={"a": 1}, count=3, digest="d")
    request_id.reset(token)
    row = Entry.objects.get(object_type="thing")
    assert (row.actor_kind, row.actor_id, row.actor_label) == ("client", "c" * 64, "ERP")
    assert (row.on_behalf_of, row.object_id, row.count, row.digest) == ("声明 → 委托", "7", 3, "d")
    assert row.request_id == "req-12345678"
    assert row.at is not None
    assert actor.sentence == "ERP → 声明 → 委托"
    assert SYSTEM.sentence == "portal"


def test_an_act_that_is_rolled_back_leaves_no_row():
    with transaction.atomic():
        record("act.done", by=SYSTEM, object_type="thing", object_id=1)
        transaction.set_rollback(True)
    assert not Entry.objects.exists()

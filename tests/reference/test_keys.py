"""Keys rise, are version 7, and come back from the database as they went in."""

from __future__ import annotations

import time
from itertools import pairwise
from uuid import UUID, uuid4

import pytest
from django.db import connection

from reference.keys import uuid7, uuid7s, uuid_of


def test_they_rise_within_a_process_and_tell_their_time() -> None:
    before = time.time_ns() // 1_000_000
    keys = [*uuid7s(500), uuid7(), *uuid7s(500)]
    assert all(one < other for one, other in pairwise(keys))
    assert {key.version for key in keys} == {7}
    assert {key.variant for key in keys} == {uuid4().variant}
    assert abs((keys[0].int >> 80) - before) < 10_000
    assert uuid7s(0) == []


def test_one_made_without_the_constructor_is_like_any_other() -> None:
    key = uuid4()
    same = uuid_of(key.int)
    assert (same, hash(same), str(same), same.is_safe) == (key, hash(key), str(key), key.is_safe)


@pytest.mark.django_db
def test_the_driver_reads_them_back() -> None:
    key = uuid4()
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::uuid, NULL::uuid, %s::uuid[]", [key, [key, uuid7()]])
        one, nothing, several = cursor.fetchone()
    assert (one, nothing) == (key, None)
    assert isinstance(one, UUID)
    assert several[0] == key

"""Statements whose plan is kept, and rows that are written together."""

from __future__ import annotations

import pytest
from django.db import DataError, connection, transaction
from django.test.utils import CaptureQueriesContext

from trail import prepared
from trail.actors import SYSTEM
from trail.inserts import together
from trail.models import Entry
from trail.services import record

pytestmark = pytest.mark.django_db


def names() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_prepared_statements")
        return {row[0] for row in cursor.fetchall()}


def test_the_plan_is_kept_and_the_answer_is_the_same() -> None:
    sql = "SELECT count(*) + %s::int FROM trail_entry WHERE object_id = %s"
    for number in (1, 2):
        assert prepared.rows(sql, [number, "x'; DROP TABLE trail_entry --"]) == [(number,)]
    kept = names()
    prepared.rows(sql, [3, "y"])
    assert names() == kept


def test_a_rollback_keeps_it_and_a_fault_is_the_callers_alone() -> None:
    sql = "SELECT 10 / %s::int"
    with pytest.raises(DataError), transaction.atomic():
        prepared.rows(sql, [0])
    assert prepared.rows(sql, [5]) == [(2,)]


def test_another_connection_prepares_for_itself(transactional_db: None) -> None:
    sql = "SELECT 1 + %s::int"
    assert prepared.rows(sql, [1]) == [(2,)]
    connection.close()
    assert prepared.rows(sql, [2]) == [(3,)]


def test_what_belongs_together_is_one_round_trip_in_its_order() -> None:
    with CaptureQueriesContext(connection) as asked, together():
        record("one", by=SYSTEM, object_type="test", object_id=1, detail={"%s": "100% ?"})
        with together():
            record("two", by=SYSTEM, object_type="test", object_id=2)
    assert len(asked) == 1
    assert [entry.action for entry in Entry.objects.filter(object_type="test").order_by("pk")] == [
        "one",
        "two",
    ]
    assert Entry.objects.get(action="one").detail == {"%s": "100% ?"}


def test_an_error_leaves_nothing_of_it() -> None:
    def fails() -> None:
        with together():
            record("one", by=SYSTEM, object_type="test", object_id=1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert not Entry.objects.filter(object_type="test").exists()
    record("after", by=SYSTEM, object_type="test", object_id=1)
    assert Entry.objects.get(object_type="test").action == "after"


def test_a_cast_is_for_the_value_too() -> None:
    key = "0190163d-8694-739b-aea5-966c26f8ad90"
    assert prepared.rows("SELECT cardinality(%s::uuid[]), 5 %% 3", [[key]]) == [(1, 2)]

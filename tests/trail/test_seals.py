"""The trail cannot be rewritten without being found out, row by row."""

from __future__ import annotations

import hashlib
import threading

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import InternalError, ProgrammingError, connection, transaction

from trail.actors import SYSTEM, Actor
from trail.models import Entry, Seal
from trail.seals import LEAF, seal, verify
from trail.services import record

pytestmark = pytest.mark.django_db(transaction=True)


def rows(number: int) -> list[Entry]:
    """So many acts."""
    detail = {"b": 1, "a": ["示例", 0.5, None]}
    for place in range(number):
        record("test.act", by=SYSTEM, object_type="x", object_id=place, detail=detail)
    return list(Entry.objects.order_by("-pk")[:number])[::-1]


def tamper(statement: str, *values: object) -> None:
    """What somebody with all rights in the database could do: switch the triggers off."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        try:
            cursor.execute(statement, values)
        finally:
            cursor.execute("SET session_replication_role = DEFAULT")


def test_everything_is_sealed_once_in_batches():
    rows(7)
    assert seal(batch=3) == 7
    assert [s.count for s in Seal.objects.order_by("last_id")] == [3, 3, 1]
    assert seal() == 0
    rows(2)
    assert seal() == 2
    verdict = verify()
    assert verdict.finding is None
    assert (verdict.rows, verdict.seals) == (9, 4)


def test_an_empty_trail_is_in_order():
    assert seal() == 0
    assert verify().finding is None


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("action", "other"),
        ("actor_id", "somebody"),
        ("on_behalf_of", "x"),
        ("detail", '{"a": ["示例", 0.5, null], "b": 2}'),
        ("count", 2),
        ("at", "2020-01-01T00:00:00Z"),
        ("request_id", "forged"),
    ],
)
def test_a_changed_byte_names_its_row(column, value):
    made = rows(6)
    seal(batch=2)
    tamper(f"UPDATE trail_entry SET {column} = %s WHERE id IN (%s, %s)", value, made[3].pk, made[5].pk)
    finding = verify().finding
    assert (finding.entry_id, finding.fault) == (made[3].pk, "the row was changed")
    with pytest.raises(CommandError, match=f"row {made[3].pk} "):
        call_command("verify_trail")


def test_a_deleted_row_is_named():
    made = rows(4)
    seal()
    tamper("DELETE FROM trail_entry WHERE id = %s", made[1].pk)
    finding = verify().finding
    assert (finding.entry_id, finding.fault) == (made[1].pk, "the row is gone")


def test_a_row_slipped_in_is_named():
    made = rows(3)
    tamper("DELETE FROM trail_entry WHERE id = %s", made[1].pk)
    seal()
    tamper(
        "INSERT INTO trail_entry (id, action, actor_kind, actor_id, actor_label, on_behalf_of, object_type, "
        "object_id, count, digest, detail, request_id) "
        "VALUES (%s, 'x', 'system', 'x', 'x', '', 'x', 'x', 1, '', '{}', '')",
        made[1].pk,
    )
    finding = verify().finding
    assert (finding.entry_id, finding.fault) == (made[1].pk, "the row was added after sealing")


def test_a_changed_leaf_breaks_the_chain():
    rows(2)
    seal()
    only = Seal.objects.get()
    forged = bytes(only.leaves)[: LEAF.size] + LEAF.pack(only.last_id, hashlib.sha256(b"x").digest())
    tamper("UPDATE trail_seal SET leaves = %s WHERE id = %s", psycopg2.Binary(forged), only.pk)
    assert verify().finding.fault == "the seal was changed"


def test_a_missing_seal_breaks_the_chain():
    rows(4)
    seal(batch=2)
    tamper("DELETE FROM trail_seal WHERE id = %s", Seal.objects.order_by("last_id").first().pk)
    assert verify().finding.fault == "the seal does not follow the one before it"


def test_a_chain_written_anew_lacks_the_digest_kept_elsewhere():
    made = rows(3)
    seal()
    head = verify().head
    assert verify(head=head).finding is None
    tamper("DELETE FROM trail_seal")
    tamper("UPDATE trail_entry SET actor_id = 'x' WHERE id = %s", made[0].pk)
    seal()
    assert verify().finding is None
    assert verify(head=head).finding is not None
    with pytest.raises(CommandError, match="kept elsewhere"):
        call_command("verify_trail", head=head)


def test_a_row_that_commits_late_is_not_overtaken():
    """A lower number is still in an open transaction while a higher one is there already."""
    begun, may_end = threading.Event(), threading.Event()

    def late_writer() -> None:
        try:
            with transaction.atomic():
                record("late", by=Actor("person", "1", "late"), object_type="x", object_id=1)
                begun.set()
                may_end.wait(20)
        finally:
            connection.close()

    thread = threading.Thread(target=late_writer)
    thread.start()
    assert begun.wait(20)
    try:
        rows(1)
        assert seal(wait=0.3) == 0
    finally:
        may_end.set()
        thread.join()
    assert seal() == 2
    assert verify().finding is None


def test_sealing_inside_a_transaction_is_refused():
    with pytest.raises(transaction.TransactionManagementError), transaction.atomic():
        seal()


@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
@pytest.mark.parametrize("table", ["trail_entry", "trail_seal"])
def test_the_database_refuses_edits_even_to_us(table, statement):
    rows(1)
    seal()
    with (
        pytest.raises((InternalError, ProgrammingError), match="never edited or deleted"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(table))


def test_the_command_says_what_is_not_sealed_yet(capsys):
    rows(2)
    seal()
    rows(1)
    call_command("verify_trail")
    said = capsys.readouterr().out
    assert "2 rows under 1 seals are as they were written; 1 not sealed yet." in said
    assert verify().head in said


def test_the_task_of_the_beat_seals():
    from django.conf import settings

    from trail import tasks

    rows(1)
    assert settings.CELERY_BEAT_SCHEDULE["seal-trail"]["task"] == tasks.seal.name
    tasks.seal()
    assert Seal.objects.count() == 1

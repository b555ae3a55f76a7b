"""The change feed: never skips, never repeats, whatever order writers commit in."""

from __future__ import annotations

import random
import threading
import time

import pytest
from django.db import connection, transaction

from submissions import feed
from submissions.models import Submission
from tests.submissions.makers import a_company, handed_in

WRITERS, TRANSACTIONS = 8, 12


def everything(after: str | None = None, wanted: int = 0, **scope: object) -> list[feed.ChangeRow]:
    """Page through until `wanted` rows have come by: whoever writes on this server holds up the horizon."""
    rows: list[feed.ChangeRow] = []
    until = time.monotonic() + 20
    while time.monotonic() < until and len(rows) < wanted:
        page, after = feed.read(after, 7, **scope)  # type: ignore[arg-type]
        rows += page
        if not page:
            time.sleep(0.02)
    return rows


def write(submission: Submission, tag: str, chance: random.Random) -> None:
    """One transaction of one to three rows that commits after a while."""
    with transaction.atomic():
        for part in range(chance.randint(1, 3)):
            feed.publish(
                "test", submission, "thing", f"{tag}.{part}", {}, parties=[submission.company_id], agencies=[]
            )
            time.sleep(chance.uniform(0, 0.012))


@pytest.mark.django_db(transaction=True)
def test_eight_writers_committing_out_of_order() -> None:
    submission = handed_in()
    writing = threading.Event()
    seen: list[feed.ChangeRow] = []

    def writer(number: int) -> None:
        chance = random.Random(number)
        try:
            for turn in range(TRANSACTIONS):
                write(submission, f"{number}.{turn}", chance)
        finally:
            connection.close()

    def reader() -> None:
        after: str | None = None
        try:
            while True:
                last_round = not writing.is_set()
                page, after = feed.read(after, 5, companies=[submission.company_id])
                seen.extend(page)
                if last_round and not page and len(seen) >= written():
                    return
        finally:
            connection.close()

    def written() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM submissions_change")
            return int(cursor.fetchone()[0])

    writing.set()
    writers = [threading.Thread(target=writer, args=(n,)) for n in range(WRITERS)]
    reading = threading.Thread(target=reader, daemon=True)
    for thread in [*writers, reading]:
        thread.start()
    for thread in writers:
        thread.join(30)
    writing.clear()
    reading.join(30)
    assert not reading.is_alive()
    ids = [row.object_id for row in seen]
    assert len(ids) == len(set(ids)) == written()
    with connection.cursor() as cursor:
        cursor.execute("SELECT object_id FROM submissions_change ORDER BY tx, id")
        assert ids == [row[0] for row in cursor.fetchall()]
        # The race was real: numbers handed out in one order were committed in another.
        cursor.execute("SELECT tx::text::bigint FROM submissions_change ORDER BY id")
        by_id = [row[0] for row in cursor.fetchall()]
    assert by_id != sorted(by_id)


@pytest.mark.django_db(transaction=True)
def test_a_slow_writer_holds_the_feed_up_and_is_not_overtaken() -> None:
    submission = handed_in()
    company = [submission.company_id]
    (first,) = everything(wanted=1, companies=company)
    wrote, go = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                feed.publish("test", submission, "thing", "slow", {}, parties=company, agencies=[])
                wrote.set()
                go.wait(10)
        finally:
            connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    wrote.wait(10)
    feed.publish("test", submission, "thing", "fast", {}, parties=company, agencies=[])
    page, cursor = feed.read(first.cursor, 10, companies=company)
    assert page == []
    go.set()
    thread.join(10)
    assert [row.object_id for row in everything(cursor, 2, companies=company)] == ["slow", "fast"]


@pytest.mark.django_db(transaction=True)
def test_everybody_reads_their_own() -> None:
    party = a_company()
    first = handed_in(parties=[party.pk])
    second = handed_in(agencies=["tax"])
    assert [r.reference for r in everything(wanted=1, companies=[first.company_id])] == [first.reference]
    assert [r.reference for r in everything(wanted=1, companies=[party.pk])] == [first.reference]
    assert [r.reference for r in everything(wanted=1, agency="tax")] == [second.reference]
    both = everything(wanted=2, companies=[first.company_id, second.company_id])
    assert [r.reference for r in both] == [first.reference, second.reference]
    assert feed.read(None, 10, companies=[a_company().pk])[0] == []
    assert feed.read(None, 10, companies=[])[0] == []
    assert feed.read(None, 10, agency="police")[0] == []


@pytest.mark.django_db(transaction=True)
def test_a_cursor_can_be_used_again_and_an_empty_page_moves_on() -> None:
    submission = handed_in()
    company = [submission.company_id]
    (row,) = everything(wanted=1, companies=company)
    assert row.data == {
        "reference": submission.reference,
        "kind": "test-kind",
        "from": "",
        "to": "in_progress",
    }
    page, cursor = feed.read(row.cursor, 10, companies=company)
    assert page == []
    assert feed.read(cursor, 10, companies=company)[0] == []
    feed.publish("test", submission, "thing", "next", {}, parties=company, agencies=[])
    assert [r.object_id for r in everything(cursor, 1, companies=company)] == ["next"]
    assert [r.object_id for r in everything(row.cursor, 1, companies=company)] == ["next"]


@pytest.mark.django_db
@pytest.mark.parametrize("cursor", ["x", "zzzz", "MS4", "MS4t", "é", "MTIz", "1.2"])
def test_a_made_up_cursor_is_an_error(cursor: str) -> None:
    with pytest.raises(feed.BadCursor):
        feed.read(cursor, 10, companies=[1])


@pytest.mark.django_db
def test_nobody_reads_without_a_scope() -> None:
    with pytest.raises(ValueError, match="companies or agency"):
        feed.read(None, 10)

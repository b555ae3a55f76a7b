"""Numbers read ahead tell the same as the store, whatever one message holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from agencies.documents import Document
from agencies.known import Known
from agencies.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store.sqlite3")


def order(number: str, guid: str = "") -> Document:
    return Document("order", {"guid": guid or f"G-{number}", "ebpCode": "P", "orderNo": number})


def add(known: Known, document: Document, *, state: str = "stored", last_time: str = "1") -> None:
    known.add("D1", document, scenario="", state=state, pre_no="", last_time=last_time)


def test_what_is_added_is_seen_by_the_next_document_and_by_the_store_when_written(store: Store) -> None:
    first, other = order("O1"), order("O2")
    known = Known(store).read_own([first, other])
    add(known, first)
    assert known.current("order", first.key)["state"] == "stored"
    assert known.current("order", other.key) is None
    assert known.guid_taken("order", first.guid, other.key)
    assert not known.guid_taken("order", first.guid, first.key)
    assert store.current("order", first.key) is None
    known.write()
    assert store.current("order", first.key)["last_time"] == "1"


def test_a_number_twice_in_one_message_leaves_the_later_one_standing(store: Store) -> None:
    first, again = order("O1"), order("O1", guid="G-again")
    known = Known(store).read_own([first, again])
    add(known, first)
    add(known, again, last_time="2")
    known.write()
    assert store.current("order", first.key)["guid"] == "G-again"
    assert len(store.rows_in("kind = ? AND current", "order", key=[first.key])) == 1
    assert known.current("order", first.key)["last_time"] == "2"


def test_a_refused_document_replaces_nothing_but_moves_the_last_time(store: Store) -> None:
    first = order("O1")
    known = Known(store).read_own([first])
    add(known, first)
    add(known, order("O1", guid="G-no"), state="refused", last_time="7")
    known.write()
    standing = store.current("order", first.key)
    assert (standing["guid"], standing["last_time"]) == (first.guid, "7")
    assert not store.guid_taken("order", "G-no", "another")


def test_numbers_counted_in_a_transaction_that_fails_are_given_again(store: Store) -> None:
    with store.transaction():
        assert [store.next_number("n"), store.next_number("n")] == [1, 2]
    with pytest.raises(RuntimeError):
        _count_and_fail(store)
    assert store.next_number("n") == 3


def _count_and_fail(store: Store) -> None:
    with store.transaction():
        assert store.next_number("n") == 3
        raise RuntimeError

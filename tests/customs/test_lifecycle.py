"""The table of document states and the one statement that moves them."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customs import lifecycle
from customs.lifecycle import (
    CUSTOMS,
    TABLE,
    Found,
    Verdict,
    advance,
    born,
    decide,
    said_by_eport,
    verb_of,
)
from customs.lifecycle.replied import Step, locked, take, write
from customs.models import DocumentEvent, DocumentState
from reference.keys import uuid7
from tests.customs import rows
from trail.actors import SYSTEM
from trail.models import Entry


def test_every_state_is_reached_and_all_but_the_last_are_left() -> None:
    reached = {rule.to for rule in TABLE} | {DocumentState.LOADED}  # in which they are born
    left = {state for rule in TABLE for state in rule.froms if rule.to != state}
    assert reached == set(DocumentState)
    assert set(DocumentState) - left == {
        DocumentState.CLOSED,
        DocumentState.SENT_BACK,
        DocumentState.SUPERSEDED,
    }


def test_a_status_belongs_to_one_verb() -> None:
    statuses = [status for rule in TABLE for status in rule.statuses]
    assert len(statuses) == len(set(statuses))


@pytest.mark.parametrize(
    ("status", "verb", "eport"),
    [
        ("2", "declaring", True),
        ("4", "eport_failed", True),
        ("-621018", "eport_failed", True),
        ("100", "return_", False),
        (" 120 ", "store", False),
        ("502", "detain", False),
        ("800", "release", False),
        ("600", None, False),
        ("-", None, True),
        ("abc", None, False),
    ],
)
def test_status_to_verb_and_actor(status: str, verb: str | None, eport: bool) -> None:
    assert verb_of(status) == verb
    assert said_by_eport(status) is eport


@pytest.mark.django_db
def test_a_set_moves_in_two_queries_and_leaves_one_event_each() -> None:
    message = rows.message(documents=20)
    lists = [rows.inventory(f"N{n}", of=message, index=n) for n in range(1, 21)]
    ids = [one.id for one in lists]
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert advance(
            "inventory", ids, verb="wait", by=SYSTEM, why={ids[0]: "the payment is missing"}
        ) == set(ids)
    assert len(queries) == 2  # the documents with their events, and the trail row of the whole set
    assert DocumentEvent.objects.filter(verb="wait", from_state="loaded", to_state="waiting").count() == 20
    assert DocumentEvent.objects.get(document_id=ids[0]).why == "the payment is missing"
    assert Entry.objects.get(action="documents.wait").count == 20


@pytest.mark.django_db
def test_a_second_call_changes_and_logs_nothing() -> None:
    one = rows.inventory()
    assert advance("inventory", [one.id, one.id], verb="ready", by=SYSTEM) == {one.id}
    assert advance("inventory", [one.id], verb="ready", by=SYSTEM) == set()
    assert DocumentEvent.objects.filter(document_id=one.id).count() == 1


@pytest.mark.django_db
def test_loading_is_logged_as_the_beginning() -> None:
    one, other = rows.order(), rows.order()
    born("order", [one.id, other.id], by=SYSTEM)
    event = DocumentEvent.objects.get(document_id=one.id)
    assert (event.verb, event.from_state, event.to_state) == ("load", "", "loaded")
    assert Entry.objects.get(action="documents.load").count == 2


@pytest.mark.django_db
def test_verbs_of_lists_do_not_move_orders() -> None:
    one = rows.order()
    assert advance("order", [one.id], verb="wait", by=SYSTEM) == set()
    with pytest.raises(ValueError, match="nonsense"):
        advance("order", [one.id], verb="nonsense", by=SYSTEM)


def _replied(key: UUID, verb: str, at: str, *, code: str = "", info: str = "", floor: str = "") -> str | None:
    """The state to which a reply takes the document; None when it decides nothing."""
    document = locked("inventory", [key])[key]
    document.floor = floor
    taken = take("inventory", Step(document, verb, CUSTOMS, uuid7(), at, code, info))
    write("inventory", [taken] if taken else [])
    return taken.to_state if taken else None


@pytest.mark.django_db
def test_an_older_reply_does_not_decide() -> None:
    one = rows.inventory()
    assert _replied(one.id, "review", "20261103110600000", code="300", info="人工审核") == "review"
    assert _replied(one.id, "release", "20261103110559999") is None
    assert _replied(one.id, "release", "20261103110700000", floor="20261103110700001") is None
    one.refresh_from_db()
    assert (one.state, one.return_time, one.return_code) == ("review", "20261103110600000", "300")


@pytest.mark.django_db
def test_our_own_verbs_keep_what_customs_said() -> None:
    one = rows.inventory()
    assert _replied(one.id, "return_", "20261103110600000", code="1332", info="退单") == "returned"
    advance("inventory", [one.id], verb="supersede", by=SYSTEM)
    one.refresh_from_db()
    assert (one.state, one.return_code, one.return_info) == ("superseded", "1332", "退单")


@pytest.mark.django_db
def test_what_is_found_is_written_also_where_nothing_moves() -> None:
    message = rows.message(documents=2)
    waiting = rows.inventory("N1", of=message, index=1, state="waiting")
    loaded = rows.inventory("N2", of=message, index=2)
    states = {waiting.id: "waiting", loaded.id: "loaded"}
    found = Found((("findings", "jsonb"), ("parties", "bigint[]"), ("tax_total", "numeric")))
    said = Verdict("wait", "no payment", ('[{"code": "x"}]', "{3,4}", "1.50"))
    assert decide("inventory", states, dict.fromkeys(states, said), found, by=SYSTEM) == 1
    for one in (waiting, loaded):
        before = one.state_at
        moved = one.state != "waiting"
        one.refresh_from_db()
        assert (one.state, one.findings, one.parties) == ("waiting", [{"code": "x"}], [3, 4])
        assert str(one.tax_total) == "1.50"
        assert (one.state_at != before) is moved
    event = DocumentEvent.objects.get()
    assert (event.document_id, event.from_state, event.why) == (loaded.id, "loaded", "no payment")


def test_tables_are_those_of_the_models() -> None:
    from customs.numbers import MODELS

    assert {kind: model._meta.db_table for kind, model in MODELS.items()} == lifecycle.TABLES

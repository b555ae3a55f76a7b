"""Rows in by COPY and out again: every kind of column, every character."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customs.models import CustomsReply, OrderLine, YearlyUse
from reference.keys import uuid7
from reference.sets import array, copy, copy_tuples, query, values
from submissions.models import Change
from tests.submissions.makers import handed_in

pytestmark = pytest.mark.django_db

# What PostgreSQL holds: anything but NUL and lone surrogates.
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40)


def line(**more: object) -> dict[str, object]:
    return {
        "id": uuid7(), "order_id": uuid7(), "gnum": "1", "gmodel": "", "country": "110", "unit": "035",
        "qty": "2", "price": Decimal("10.5"), "total_price": "21.00000",
    } | more  # fmt: skip


@given(TEXT)
def test_every_text_comes_back_as_it_was(text: str) -> None:
    row = line(item_name=text)
    assert copy(OrderLine, [row]) == 1
    found = OrderLine.objects.get(pk=row["id"])
    assert found.item_name == text
    assert (found.gnum, found.qty, found.price, found.total_price) == (1, 2, Decimal("10.5"), 21)


def test_bytes_json_and_arrays() -> None:
    blob = bytes(range(256))
    copy(YearlyUse, [{"buyer_id_hash": blob, "year": 2026, "used": Decimal("1.10")}])
    found = query("SELECT buyer_id_hash, used FROM customs_yearlyuse")
    assert found == [{"buyer_id_hash": blob, "used": Decimal("1.10")}]
    data = {"code": "x", "params": {"a": '\\\n"é\t'}}
    submission = handed_in()
    change = {
        "submission_id": submission.pk, "event": "e", "object_type": "t", "object_id": "1", "parties": [3, 1, 2],
        "agencies": ["customs"],
    }  # fmt: skip
    copy(Change, [change | {"data": data}, change | {"data": {}}])
    first, second = query("SELECT * FROM submissions_change WHERE event = 'e' ORDER BY id")
    assert (first["data"], second["data"]) == (data, {})
    assert (first["parties"], first["agencies"], first["submission_id"]) == (
        [3, 1, 2],
        ["customs"],
        submission.pk,
    )
    assert first["at"] is not None


def test_what_the_database_fills_may_be_given() -> None:
    reply = {
        "inbox_id": uuid7(), "index": 1, "kind": "order", "scope": "", "number": "N", "status": "2",
        "return_time": "20261001000000000", "outcome": "applied",
    }  # fmt: skip
    at = datetime(2026, 10, 1, 12, 30, tzinfo=UTC)
    copy(CustomsReply, [reply])
    copy(CustomsReply, [reply | {"index": 2, "received_at": at, "document_id": UUID(int=7)}])
    first, second = CustomsReply.objects.order_by("index")
    assert first.pk.version == second.pk.version == 7
    assert (second.received_at, second.document_id) == (at, UUID(int=7))
    assert first.document_id is None


def test_nothing_and_nonsense() -> None:
    assert copy(OrderLine, []) == 0
    assert values("SELECT 1 FROM ({values}) v", []) == []
    with pytest.raises(ValueError, match="OrderLine has no colour"):
        copy(OrderLine, [line(colour="red")])


# What COPY, arrays and JSON have for their own, and what stands beside them.
TEXTS = st.text(st.sampled_from("\\\t\n\r\"'{},;N. a中é𝄞\x0b\x7f"), max_size=8)
JSONS = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=4,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            TEXTS,
            JSONS.filter(lambda one: one is not None),
            st.lists(TEXTS, max_size=3),
            st.lists(st.integers(1, 9)),
        ),
        max_size=4,
    )
)
def test_texts_json_and_arrays(rows: list[tuple[str, Any, list[str], list[int]]]) -> None:
    Change.objects.all().delete()
    submission = handed_in().pk
    Change.objects.all().delete()
    names = ("event", "data", "agencies", "parties", "object_id", "object_type", "submission_id")
    copy_tuples(Change, names, [(*row, str(n), "x", submission) for n, row in enumerate(rows)])
    kept = Change.objects.order_by("object_id").values_list("event", "data", "agencies", "parties")
    assert list(kept) == rows


@given(st.lists(st.none() | TEXTS))
def test_an_array_as_one_literal(items: list[str | None]) -> None:
    assert query("SELECT %s::text[] AS found", [array(items)]) == [{"found": items}]


def test_uuids_and_numbers_in_an_array() -> None:
    key = uuid7()
    assert query("SELECT %s::uuid[] AS a, %s::int[] AS b", [array([key]), array([3, None])]) == [
        {"a": [key], "b": [3, None]}
    ]

"""Customs' declaration system as the stub plays it: by the content of what is declared."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agencies import b2b
from agencies.offices import Case
from agencies.store import Store

FORM = {"trade_mode": "9810", "booking_no": "WH-1", "customs_office": "0213", "note": ""}
LINE = {"gnum": 1, "hs": "8712003000", "amount": "31200.00"}
RECORD = {"lines": [LINE], "amount": "31200.00"}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "store.sqlite3")
    yield made
    made.close()


def case(
    form: dict[str, Any] | None = None, record: dict[str, Any] | None = None, answer: Any = None
) -> Case:
    share = {"form": FORM | (form or {}), "record": record or RECORD}
    return Case("customs", "TJ26-0000-0001-8", b2b.KIND, "CUS1", share, answer)


def said(one: Case, store: Store) -> list[tuple[str, float]]:
    return [(decision.extra["status"], decision.after) for decision in b2b.decide(one, store)]


def test_accepted_released_closed_under_one_number(store: Store) -> None:
    found = b2b.decide(case({"note": "at=20260918 number=021320260000000007"}), store)
    assert [one.extra for one in found] == [
        {"type": "h2018", "status": status, "on": "2026-09-18"}
        for status in ("accepted", "released", "closed")
    ]
    assert {one.number for one in found} == {"021320260000000007"}
    own = {one.number for one in b2b.decide(case(), store)}
    assert len(own) == 1
    assert next(iter(own)).startswith("0213")
    assert len(next(iter(own))) == 18


@pytest.mark.parametrize(
    ("form", "record", "codes"),
    [
        ({"booking_no": ""}, None, ["h2018.number"]),
        ({"trade_mode": "9710"}, None, ["h2018.number"]),
        ({}, {"lines": [], "amount": "0"}, ["h2018.hs"]),
        ({"booking_no": None}, {"lines": [LINE | {"hs": "871200"}], "amount": "1"},
         ["h2018.number", "h2018.hs", "h2018.sum"]),
    ],
)  # fmt: skip
def test_sent_back_with_everything(store: Store, form: Any, record: Any, codes: list[str]) -> None:
    (one,) = b2b.decide(case(form, record), store)
    assert one.extra["status"] == "sent_back"
    assert [problem["code"] for problem in one.problems] == codes


def test_the_correction_is_judged_anew(store: Store) -> None:
    wrong = {"booking_no": ""}
    right = case(wrong, answer={"form": {"booking_no": "WH-1"}, "record": RECORD})
    assert said(case(wrong), store) == [("sent_back", 1)]
    assert [status for status, _after in said(right, store)] == ["accepted", "released", "closed"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("send-back", [("sent_back", 1)]),
        ("hold", [("accepted", 1)]),
        ("stay", [("accepted", 1), ("released", 2)]),
        ("overtake", [("accepted", 1), ("closed", 2), ("released", 3)]),
        ("refuse", [("refused", 1)]),
        ("silence", []),
    ],
)
def test_scenarios(store: Store, name: str, expected: list[tuple[str, float]]) -> None:
    assert said(case({"note": f"scenario={name}"}), store) == expected

"""The way out: every missing, extra and mismatching piece is a finding; what comes next has a holder and a clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import combinations, product

import pytest

from customs.export.bills import Bill, compare
from customs.export.way import AT_CUSTOMS, KINDS, Notice, Way, findings, waiting
from customs.models import DocumentState
from tests.customs.factories import codes

T0 = datetime(2026, 10, 10, 2, 0, tzinfo=UTC)
RELEASED = T0 + timedelta(hours=6)


def notice(hours: int = 1, **values: object) -> Notice:
    told = f"{T0 + timedelta(hours=8 + hours):%Y%m%d%H%M%S}"  # Beijing
    given_ = {
        "bill_no": "MB1", "customs_code": "0213", "traf_mode": "2", "state": "stored", "return_code": "",
        "told": told, "received_at": T0 + timedelta(hours=hours), "bills": ("MB1",),
    }  # fmt: skip
    return Notice(**(given_ | values))  # type: ignore[arg-type]


def whole(**values: object) -> Way:
    """Everything is here and agrees; closed."""
    given_ = {
        "logistics_no": "W1", "bill_no": "", "customs_code": "0213", "traf_mode": "2", "state": "closed",
        "received_at": T0, "released_at": RELEASED, "released": "20261010160000", "closed_at": T0 + timedelta(days=1),
        "notices": {
            "arrival": notice(1),
            "manifest": notice(2, voyage_no="V1"),
            "departure": notice(12, voyage_no="V1", leave_time="20261010220000"),
        },
    }  # fmt: skip
    return Way(**(given_ | values))  # type: ignore[arg-type]


def other(kind: str, **values: object) -> Way:
    way = whole()
    return replace(way, notices={**way.notices, kind: replace(way.notices[kind], **values)})  # type: ignore[arg-type]


def test_a_way_that_agrees_has_no_findings_and_waits_for_nothing() -> None:
    assert findings(whole()) == []
    assert waiting(whole()) is None


@pytest.mark.parametrize("kind", KINDS)
def test_a_notice_that_was_left_out_is_missed(kind: str) -> None:
    notices = {name: one for name, one in whole().notices.items() if name != kind}
    assert codes(findings(whole(notices=notices))) == [f"way.{kind}_missing"]


@pytest.mark.parametrize(
    ("way", "code", "values"),
    [
        (other("manifest", bill_no="MB2"), "way.bill", ("MB1", "MB2")),
        (whole(bill_no="MB9"), "way.bill", ("MB9", "MB1")),
        (other("departure", traf_mode="5"), "way.transport", ("2", "5")),
        (other("departure", voyage_no="V2"), "way.voyage", ("V1", "V2")),
        (other("arrival", customs_code="0101"), "way.office", ("0213", "0101")),
    ],
)
def test_two_values_are_both_told(way: Way, code: str, values: tuple[str, str]) -> None:
    found = [problem for problem in findings(way) if problem.code == code]
    assert found
    assert (found[0].params["one"], found[0].params["other"]) == values
    assert all(value in found[0].text for value in values)


@pytest.mark.parametrize(
    ("way", "code"),
    [
        (other("arrival", bills=("MB1", "MB7")), "way.twice"),
        (other("departure", leave_time="20261010155959"), "way.left_before_release"),
        (other("departure", leave_time="20261010105959"), "way.left_before_arrival"),
        (other("manifest", state="returned", return_code="1320"), "way.returned"),
    ],
)
def test_what_cannot_be_right(way: Way, code: str) -> None:
    assert code in codes(findings(way))


@pytest.mark.parametrize(
    ("has", "state", "step", "holder"),
    [
        ((), "stored", "arrival", "logistics"),
        (("arrival",), "stored", "manifest", "declarant"),
        (("arrival", "manifest"), "review", "release", "customs"),
        (("arrival", "manifest"), "released", "departure", "logistics"),
        (("arrival", "manifest", "departure"), "released", "closing", "customs"),
        ((), "released", "arrival", "logistics"),
    ],
)
def test_what_is_waited_for_and_since_when(has: tuple[str, ...], state: str, step: str, holder: str) -> None:
    released = RELEASED if state == "released" else None
    notices = {kind: whole().notices[kind] for kind in has}
    wait = waiting(whole(state=state, released_at=released, closed_at=None, notices=notices))
    assert wait is not None
    assert (wait.step, wait.holder) == (step, holder)
    last = {"departure": RELEASED}.get(step, notices[has[-1]].received_at if has else T0)
    assert wait.since == last


SUBSETS = [frozenset(some) for n in range(4) for some in combinations(KINDS, n)]


@pytest.mark.parametrize("state", DocumentState.values)
def test_every_standing_is_told_without_failing(state: str) -> None:
    for has, released in product(SUBSETS, (None, RELEASED)):
        notices = {kind: whole().notices[kind] for kind in KINDS if kind in has}
        way = whole(
            state=state, notices=notices, released_at=released, closed_at=T0 if state == "closed" else None
        )
        assert len(set(codes(findings(way)))) == len(findings(way))
        wait = waiting(way)
        assert (wait is None) == (state not in AT_CUSTOMS and state != "released")
        assert wait is None or wait.step not in has


# --- parcels of a notice ----------------------------------------------------------------------------------

ONE = frozenset({"W1", "W2"})
AGREES = Bill("departure", "MB1", ONE, ONE, ONE, ONE)


def test_a_bill_that_agrees_has_no_findings() -> None:
    assert compare(AGREES) == []


@pytest.mark.parametrize(
    ("bill", "told"),
    [
        (replace(AGREES, listed=frozenset({"W1"})), [("bill.no_list", "W2")]),
        (replace(AGREES, arrived=frozenset({"W2"})), [("bill.not_arrived", "W1")]),
        (replace(AGREES, manifest=frozenset({"W1"})), [("bill.extra", "W2")]),
        (replace(AGREES, manifest=ONE | {"W3"}), [("bill.missing", "W3")]),
        (replace(AGREES, manifest=None), []),
        (replace(AGREES, kind="manifest", manifest=frozenset({"W1"})), []),
    ],
)
def test_missing_and_extra_parcels_are_named(bill: Bill, told: list[tuple[str, str]]) -> None:
    assert [(problem.code, problem.params["waybill"]) for problem in compare(bill)] == told


def test_parts_and_weight_of_a_manifest() -> None:
    manifest = replace(
        AGREES, kind="manifest", count=3, parts=frozenset({2}), weight=Decimal(3), lists_weight=Decimal("2.5")
    )
    assert codes(compare(manifest)) == ["bill.part", "bill.weight"]
    assert compare(manifest)[0].params["parts"] == "1, 3"
    assert compare(replace(manifest, parts=frozenset({1, 2, 3}), lists_weight=None)) == []


@pytest.mark.parametrize(("own", "manifest"), list(product(SUBSETS, SUBSETS)))
def test_extra_and_missing_are_the_two_differences(own: frozenset[str], manifest: frozenset[str]) -> None:
    found = compare(Bill("arrival", "MB1", own, own, own, manifest))
    told = {
        code: {p.params["waybill"] for p in found if p.code == code}
        for code in ("bill.extra", "bill.missing")
    }
    assert told == {"bill.extra": own - manifest, "bill.missing": manifest - own}

"""Whom to ask, what an answer means, what is never asked about."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.rules import (
    LOCAL,
    NATIONAL,
    VERDICTS,
    faults,
    next_agency,
    payer_rule,
    route,
    tidy_number,
)

TODAY = date(2026, 11, 25)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def numbered(area: str, born: date, serial: int) -> str:
    """A number by the published weights, worked out here for itself (GB 11643)."""
    body = f"{area}{born:%Y%m%d}{serial:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


NUMBERS = st.builds(
    numbered,
    st.from_regex(r"[1-8][0-9]{5}", fullmatch=True).filter(str.isascii),
    st.dates(date(1900, 1, 1), TODAY),
    st.integers(0, 999),
)


def codes(name: str, number: str) -> list[str]:
    return [problem.code for problem in faults(name, number, TODAY)]


@given(NUMBERS)
def test_every_number_with_the_right_check_digit_is_well_formed_whatever_its_area(number: str) -> None:
    assert codes("赵示例", number) == []


@given(NUMBERS, st.integers(0, 17), st.integers(1, 9))
def test_one_changed_digit_is_found(number: str, place: int, by: int) -> None:
    old = number[place]
    new = "0" if old == "X" else str((int(old) + by) % 10)
    assert codes("赵示例", number[:place] + new + number[place + 1 :]) != []


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("44019919951231045X", None),
        ("440199199512310450", "identity.number_check"),
        ("120199199002300246", "identity.number_check"),
        ("12019919900315024", "identity.number_form"),
        ("", "identity.number_form"),
        (numbered("120199", date(2026, 11, 26), 24), "identity.number_check"),
    ],
)
def test_faults_of_form(number: str, code: str | None) -> None:
    assert codes("周示例", number) == ([code] if code else [])


def test_all_faults_at_once() -> None:
    assert codes("", "1") == ["identity.name", "identity.number_form"]


def test_what_people_type_is_put_right() -> None:
    assert tidy_number(" 44019919951231045x ") == "44019919951231045X"
    assert tidy_number("1201 9919 9003 150246") == "120199199003150246"


@pytest.mark.parametrize(
    ("number", "way"),
    [
        ("120199199003150246", (LOCAL, NATIONAL)),
        ("110199199207210181", (NATIONAL,)),
        ("112019199207210181", (NATIONAL,)),
    ],
)
def test_the_way_of_a_number(number: str, way: tuple[str, ...]) -> None:
    assert route(number, "120") == way


@pytest.mark.parametrize("asked", [LOCAL, NATIONAL])
@pytest.mark.parametrize("verdict", VERDICTS)
@pytest.mark.parametrize("way", [(LOCAL, NATIONAL), (NATIONAL,)])
def test_only_not_in_the_local_base_leads_on(way: tuple[str, ...], verdict: str, asked: str) -> None:
    expected = NATIONAL if (way[0], asked, verdict) == (LOCAL, LOCAL, "not_in_base") else ""
    assert next_agency(way, asked, verdict) == expected


def test_nothing_but_a_match_frees_the_payer() -> None:
    found = {one: payer_rule(one) for one in (*VERDICTS, "unavailable")}
    assert found == {"match": "free", "mismatch": "same", "not_in_base": "same", "unavailable": "wait"}

"""Identifiers: known answers, and every single slip of the hand."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.numbers import (
    USCC_ALPHABET,
    customs_code_valid,
    id_number_valid,
    organisation_check_character,
    uscc_check_character,
    uscc_problems,
    uscc_valid,
)

GOOD = [
    "91110000600037341L",
    "91120116DEM000014X",
    "91120116DEM000022Q",
    "91120116DEM000030K",
    "91120116DEM000049G",
    "91120116DEM000057B",
    "91120118DEM0000653",
    "91120116DEM0000731",
    "91120116DEM000081U",
]


def codes(number: str) -> list[str]:
    return [problem.code for problem in uscc_problems(number, "/uscc")]


@pytest.mark.parametrize("number", GOOD)
def test_good_credit_codes(number: str) -> None:
    assert uscc_valid(number)


@pytest.mark.parametrize(
    ("number", "found"),
    [
        ("91110000600037341A", ["uscc.check"]),
        ("12345", ["uscc.length"]),
        ("", ["uscc.length"]),
        ("9111000060003734IL", ["uscc.form"]),
        ("9111000O600037341L", ["uscc.form"]),
        ("91110000600037341l", ["uscc.form"]),
        ("9111A000600037341L", ["uscc.form"]),
        ("91110000600037341L\n", ["uscc.length"]),
        ("９1110000600037341L", ["uscc.form"]),
        ("911100006000373425", ["uscc.organisation_check", "uscc.check"]),
    ],
)
def test_bad_credit_codes(number: str, found: list[str]) -> None:
    assert codes(number) == found


def test_both_check_characters_are_tested_each_for_itself() -> None:
    wrong_inside = "9111000060003734" + "2"
    assert codes(wrong_inside + uscc_check_character(wrong_inside)) == ["uscc.organisation_check"]


@given(
    st.text(USCC_ALPHABET, min_size=2, max_size=2),
    st.text("0123456789", min_size=6, max_size=6),
    st.text(USCC_ALPHABET, min_size=8, max_size=8),
)
def test_letters_are_legal_in_places_one_and_two(kind: str, division: str, body: str) -> None:
    first17 = kind + division + body + organisation_check_character(body)
    assert uscc_valid(first17 + uscc_check_character(first17))


@given(st.sampled_from(GOOD), st.integers(0, 17), st.sampled_from(USCC_ALPHABET))
def test_one_wrong_character_is_always_found(number: str, place: int, character: str) -> None:
    changed = number[:place] + character + number[place + 1 :]
    assert uscc_valid(changed) == (changed == number)


@pytest.mark.parametrize(
    "number",
    [
        "360426199101010071",
        "11010519491231002X",
        "440524188001010014",
        "120199199003150246",
        "120199198511020371",
        "110199199207210181",
        "310199198802290262",
        "44019919951231045X",
        "130199200001010511",
    ],
)
def test_good_identity_numbers(number: str) -> None:
    assert id_number_valid(number)


@pytest.mark.parametrize(
    "number",
    [
        "440305199506301234",
        "11010519491231002x",
        "110105194912310021",
        "120199199902310000",
        "12019919900315024",
        "1201991990031502466",
        "",
        "１20199199003150246",
    ],
)
def test_bad_identity_numbers(number: str) -> None:
    assert not id_number_valid(number)


def test_a_date_that_does_not_exist_is_refused_whatever_its_check_digit() -> None:
    assert not any(id_number_valid("12019919990231" + "024" + check) for check in "0123456789X")


def test_a_holder_must_have_been_born_by_the_day() -> None:
    assert not id_number_valid("120199199003150246", on=date(1990, 3, 14))
    assert id_number_valid("120199199003150246", on=date(1990, 3, 15))


@given(st.integers(0, 16), st.sampled_from("0123456789"))
def test_one_wrong_digit_of_an_identity_number_is_always_found(place: int, digit: str) -> None:
    number = "360426199101010071"
    changed = number[:place] + digit + number[place + 1 :]
    assert id_number_valid(changed) == (changed == number)


@pytest.mark.parametrize(
    ("code", "valid"),
    [
        ("120726DE01", True),
        ("31222699S7", True),
        ("1207260001", True),
        ("12072A0001", True),
        ("1207A60001", False),
        ("120726de01", False),
        ("120726DE0", False),
        ("120726DE011", False),
        ("120726DE01\n", False),
        ("", False),
    ],
)
def test_customs_codes(code: str, valid: bool) -> None:
    assert customs_code_valid(code) is valid

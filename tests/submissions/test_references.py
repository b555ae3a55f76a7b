"""Reference numbers: never two, and a slip of the pen is found."""

from __future__ import annotations

import string
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from submissions.references import next_reference, tidy_reference, valid_reference, write_reference

years = st.integers(2024, 2099)
numbers = st.one_of(st.integers(1, 10**8 - 1), st.integers(10**8, 10**12 - 1))
references = st.builds(write_reference, years, numbers)


@given(references)
def test_what_is_issued_is_valid_and_fits_its_column(reference: str) -> None:
    assert valid_reference(reference)
    assert len(reference) <= 24


@given(references, st.data())
def test_one_changed_character_is_found(reference: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(reference) - 1))
    alphabet = (string.digits + string.ascii_uppercase + "-").replace(reference[place], "")
    wrong = reference[:place] + data.draw(st.sampled_from(alphabet)) + reference[place + 1 :]
    assert not valid_reference(wrong)


@given(references)
def test_swapped_neighbours_are_found(reference: str) -> None:
    for place, (left, right) in enumerate(pairwise(reference)):
        if left != right:
            assert not valid_reference(reference[:place] + right + left + reference[place + 2 :])


@given(references)
def test_a_person_may_type_it_without_dashes_in_small_letters(reference: str) -> None:
    typed = f" {reference.replace('-', '').lower()} "
    assert tidy_reference(typed) == reference
    digit = int(reference[-1])
    assert tidy_reference(reference[:-1] + str((digit + 1) % 10)) == ""


@pytest.mark.parametrize("text", ["", "TJ26", "BJ26-0000-0001-7", "TJ26-0000-00١1-7", "TJ26-0000-0001-7\n"])
def test_other_texts_are_none(text: str) -> None:
    assert not valid_reference(text)


@pytest.mark.django_db
def test_numbers_rise() -> None:
    drawn = [next_reference() for _ in range(20)]
    assert len(set(drawn)) == 20
    assert drawn == sorted(drawn)

"""Personal data: found without being read, read only in its place, masked for people."""

from __future__ import annotations

import base64

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from accounts import personal


@given(st.binary(max_size=200), st.text(max_size=20))
def test_what_is_sealed_is_unsealed_in_its_place(data, context):
    blob = personal.seal(data, context=context)
    assert personal.unseal(blob, context=context) == data
    assert personal.unseal(memoryview(blob), context=context) == data
    with pytest.raises(InvalidTag):
        personal.unseal(blob, context=context + "x")


@given(st.binary(min_size=8, max_size=40), st.data())
def test_one_changed_byte_is_found_out(secret, data):
    blob = bytearray(personal.seal(secret, context="x"))
    assert secret not in bytes(blob)
    at = data.draw(st.integers(1, len(blob) - 1))
    blob[at] ^= 1
    with pytest.raises(InvalidTag):
        personal.unseal(bytes(blob), context="x")


def test_the_same_text_never_looks_the_same():
    assert personal.seal(b"x", context="x") != personal.seal(b"x", context="x")


def test_a_new_key_seals_and_the_old_one_still_opens(settings):
    old = personal.seal(b"secret", context="x")
    fresh = base64.urlsafe_b64encode(bytes(range(32))).decode()
    settings.PERSONAL_DATA_KEYS = [f"77:{fresh}", *settings.PERSONAL_DATA_KEYS]
    personal._keys.cache_clear()
    try:
        new = personal.seal(b"secret", context="x")
        assert new[0] == 77
        assert personal.unseal(new, context="x") == personal.unseal(old, context="x") == b"secret"
    finally:
        personal._keys.cache_clear()


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=20), max_size=4))
def test_named_values(fields):
    assert personal.unseal_fields(personal.seal_fields(fields, context="x"), context="x") == fields


def test_hashes_find_equals_and_keep_values_apart():
    assert personal.keyed_hash("ab", "c") == personal.keyed_hash(" ab ", "c")
    assert personal.keyed_hash("ab", "c") != personal.keyed_hash("a", "bc")
    assert len(personal.keyed_hash("x")) == 32


@pytest.mark.parametrize(
    ("mask", "text", "shown"),
    [
        (personal.mask_name, "赵示例", "赵**"),
        (personal.mask_name, "赵", "赵*"),
        (personal.mask_name, "", ""),
        (personal.mask_number, "120199199003150246", "1201**********0246"),
        (personal.mask_number, "12345678", "********"),
        (personal.mask_phone, "12000000001", "120****0001"),
        (personal.mask_phone, "1234567", "*******"),
    ],
)
def test_masks(mask, text, shown):
    assert mask(text) == shown

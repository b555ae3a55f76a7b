"""Odd values anywhere: an answer that says what is wrong, never a fault of ours, also when it is loaded."""

from __future__ import annotations

import random
import re
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customs.demo.story import story_message
from customs.demo.wire import SENDERS
from customs.load import load_message
from submissions.models import Submission

ODD = [
    *("", " ", "NaN", "Infinity", "-1", "-0", "+5", "1e5", "1_000", "0.000000000001", "9" * 30, "1" * 6000),
    *("１２", "²", "٣", "é" * 200, "&#x1F375;", "&#xD7FF;", "\u202e", "\ufeff1", "\t\n", "'--"),
    *("2026-13-01", "20261345", "00000000000000", "99991231235959", "00000000-0000-0000-0000-000000000000"),
]
SAMPLES = 25


def odd_messages(type_: str) -> list[bytes]:
    """One value of the story's message replaced by an odd one, under a guid of its own."""
    chance, text = random.Random(type_), story_message("O01", type_).decode()
    spots = list(re.finditer(r">([^<>\s][^<>]*)<", text))
    made = []
    for _ in range(SAMPLES):
        spot = chance.choice(spots)
        odd = text[: spot.start(1)] + chance.choice(ODD) + text[spot.end(1) :]
        guid = str(uuid4()).upper()
        made.append(re.sub(r'(Message[^>]*\bguid=")[^"]*', rf"\g<1>{guid}", odd, count=1).encode())
    return made


@pytest.mark.parametrize("type_", SENDERS)
def test_one_odd_value_in_a_message(erp, type_):
    one = erp(SENDERS[type_])
    statuses = []
    for message in odd_messages(type_):
        answer = one.send(message)
        statuses.append(answer.status_code)
        if answer.status_code == 202:
            load_message(Submission.objects.get(reference=answer.json()["reference"]).pk)
    assert set(statuses) == {202, 422}


NAMES = [
    "limit",
    "after",
    "state",
    "kind",
    "submitted_from",
    "submitted_to",
    "since",
    "until",
    "order_no",
    "reference",
]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    address=st.sampled_from(["submissions", "inventories", "changes"]),
    asked=st.dictionaries(
        st.sampled_from(NAMES), st.text(alphabet=st.characters(codec="utf-8"), max_size=40), max_size=4
    ),
)
def test_odd_parameters(customs_erp, address, asked):
    answer = customs_erp.get(f"/api/v1/{address}", asked)
    assert answer.status_code in {200, 400}, answer.content


@pytest.fixture
def customs_erp(erp):
    return erp("customs")

"""One word for the documents of a message."""

from __future__ import annotations

import pytest

from customs.joint import joint_state, joint_states
from tests.customs import rows


@pytest.mark.parametrize(
    ("kind", "states", "expected"),
    [
        ("inventory", {"released": 3}, "accepted"),
        ("inventory", {"released": 2, "closed": 1}, "accepted"),
        ("inventory", {"released": 99, "returned": 1}, "action_needed"),
        ("inventory", {"eport_refused": 1, "stored": 1}, "action_needed"),
        ("inventory", {"released": 1, "detained": 1}, "in_progress"),
        ("inventory", {"released": 1, "sent_back": 1}, "partly_accepted"),
        ("inventory", {"sent_back": 2}, "refused"),
        ("inventory", {"released": 1, "not_taken": 1}, "partly_accepted"),
        ("inventory", {"not_taken": 2}, "refused"),
        ("inventory", {"stored": 1, "not_taken": 1}, "in_progress"),
        ("inventory", {"later:stored": 1}, "in_progress"),
        ("inventory", {"later:returned": 1}, "in_progress"),
        ("inventory", {"later:": 1}, "in_progress"),
        ("inventory", {"later:released": 1}, "accepted"),
        ("inventory", {"later:released": 1, "released": 1}, "accepted"),
        ("inventory", {"later:released": 1, "returned": 1}, "action_needed"),
        ("inventory", {"later:sent_back": 1}, "refused"),
        ("order", {"stored": 2}, "accepted"),
        ("order", {"stored": 1, "sent": 1}, "in_progress"),
        ("payment", {}, "in_progress"),
    ],
)
def test_joint_state(kind: str, states: dict[str, int], expected: str) -> None:
    assert joint_state(kind, states) == expected


@pytest.mark.django_db
def test_what_could_not_be_loaded_counts() -> None:
    message = rows.message(documents=2)
    rows.inventory(of=message, state="released")
    assert joint_states("inventory", [message.pk]) == {message.pk: "partly_accepted"}

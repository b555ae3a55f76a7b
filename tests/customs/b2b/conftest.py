"""Fixtures of the B2B desk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from agencies.store import Store
from tests.customs.b2b.factories import Firms, firms


@pytest.fixture(autouse=True)
def _no_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is woken up: tests do the work themselves."""
    monkeypatch.setattr("submissions.nudge.send", lambda *args, **kwargs: False)


@pytest.fixture
def here(db: None) -> Firms:
    """F, G, and customs."""
    return firms()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """The stub's memory."""
    made = Store(tmp_path / "store.sqlite3")
    yield made
    made.close()

"""The house is built once a module; every test starts from it and leaves nothing behind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction

from submissions import papers
from tests.house.world import House, build


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: Any) -> Iterator[House]:
    """In a transaction that is never committed. Tests that ask for it are marked `django_db`: without a test
    so marked no test database is made, and this would be another one.
    """
    assert connection.settings_dict["NAME"].startswith("test_"), "mark the tests with django_db"
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


@pytest.fixture
def house(built: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """The house in a savepoint. Drawing papers takes seconds and is tested elsewhere."""
    monkeypatch.setattr(papers, "pdf", lambda paper: b"%PDF-1.7")
    with transaction.atomic():
        yield built
        transaction.set_rollback(True)

"""A story in which the sources answer, an exporter and the tax authority."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from accounts.models import Company
from submissions import tasks
from tax import sources
from tests.accounts import factories as people
from tests.tax.story import Story


@pytest.fixture
def story() -> Iterator[Story]:
    """Other rooms answer as the story says."""
    told = Story()
    with sources.connected(told):
        yield told


@pytest.fixture
def exporter(db: None, monkeypatch: pytest.MonkeyPatch) -> Company:
    """F, with the tax authority at its side; no worker is woken."""
    monkeypatch.setattr(tasks.dispatch, "delay", lambda *args: None)
    people.an_agency("tax")
    return people.a_company("津沽户外（示例）")

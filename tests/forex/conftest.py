"""Fixtures of the foreign exchange desk."""

from __future__ import annotations

import pytest

from accounts.models import Company
from tests.accounts import factories as people
from tests.forex.factories import a_bank, rules


@pytest.fixture(autouse=True)
def _no_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is woken up: tests do the work themselves."""
    monkeypatch.setattr("submissions.nudge.send", lambda *args, **kwargs: False)


@pytest.fixture
def firm(db: None) -> Company:
    """F, with the rules loaded and its bank there."""
    rules()
    a_bank()
    return people.a_company("津沽户外（示例）用品有限公司", roles=("ecommerce_firm",))

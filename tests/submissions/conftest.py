"""An agency that answers as told, and a broker that only counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from accounts import mandate_services
from accounts.models import Agency, User
from submissions import nudge, registry
from tests.accounts import factories as people
from tests.submissions.fake_agency import FakeAgency


@pytest.fixture(autouse=True)
def nudged(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> list[tuple[str, Any]]:
    """Nudges are noted instead of published; tests run the work themselves, in the order they want."""
    noted: list[tuple[str, Any]] = []
    if "real_broker" in request.fixturenames:
        return noted

    def note(task: Any, *args: Any, countdown: float | None = None) -> bool:
        noted.append((task.name.rsplit(".", 1)[1], args[0] if args else None))
        return True

    monkeypatch.setattr(nudge, "send", note)
    monkeypatch.setattr("submissions.tasks.send", note)
    return noted


@pytest.fixture
def real_broker() -> None:
    """Publish for real."""


@pytest.fixture
def agency() -> Iterator[FakeAgency]:
    """The agency behind the code "customs"; what desks had registered comes back after the test."""
    stores = (
        *(registry._gateways, registry._readers, registry._set_readers),
        *(registry._kinds, mandate_services._offered),
    )
    kept = [dict(store) for store in stores]
    fake = FakeAgency()
    registry.register_gateway("customs", "payload", fake)
    registry.register_gateway("customs", "opinion", fake)
    yield fake
    for store, old in zip(stores, kept, strict=True):
        store.clear()
        store.update(old)  # type: ignore[arg-type]


@pytest.fixture
def commits(django_capture_on_commit_callbacks: Any) -> Callable[[], Any]:
    """Run what waits for the commit, inside a test that never commits."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def hooks() -> Iterator[None]:
    """Hooks registered in the test are gone after it."""
    kept = {event: list(fns) for event, fns in registry._hooks.items()}
    yield
    registry._hooks.clear()
    registry._hooks.update(kept)


@pytest.fixture
def customs() -> Agency:
    """An agency with people."""
    return people.an_agency()


@pytest.fixture
def olga(customs: Agency) -> User:
    """An official of customs."""
    return people.an_official(customs)

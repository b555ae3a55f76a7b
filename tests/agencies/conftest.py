from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.agencies.world import Inbox, Service, inbox_on_loopback, settings_for


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with inbox_on_loopback() as found:
        yield found


@pytest.fixture
def service(inbox: Inbox, tmp_path: Path) -> Iterator[Service]:
    running = Service(settings_for(inbox, tmp_path))
    yield running
    running.stop()

"""One running portal for all journeys of a session."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running import Running, running


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Web, worker, beat and agencies on free ports, with the demonstration's people."""
    folder: Path = tmp_path_factory.mktemp("portal")
    with running(folder, name="journeys", broker=9) as found:
        yield found

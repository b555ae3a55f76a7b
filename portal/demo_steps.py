"""What every part of the played story needs: a figure beside the story's, and waiting for the workers."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection

PATIENCE = 180.0  # seconds to wait for one answer


@dataclass(frozen=True, slots=True)
class Told:
    """One figure: what came out beside what the story says."""

    step: str
    found: str
    expected: str

    @property
    def agrees(self) -> bool:
        """Whether they are equal."""
        return self.found == self.expected


class NoAnswer(RuntimeError):
    """What was waited for did not happen: is the portal running?"""


def wait_for(what: str, ready: Callable[[], bool], patience: float = PATIENCE) -> None:
    """Until `ready` holds; the workers do the work."""
    until = time.monotonic() + patience
    while not ready():
        if time.monotonic() > until:
            raise NoAnswer(f"{what}: nothing came within {patience:.0f} seconds; is the portal running?")
        connection.close()  # every look is a new snapshot, and no connection idles meanwhile
        time.sleep(0.5)

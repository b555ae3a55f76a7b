"""The load: a sending process is started, told how far the portal is, and ended."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from bench import clock
from bench.ledger import Ledger
from bench.sender import Plan, Sent
from local.paths import BASE
from local.processes import die_with_parent

LOOK = 0.5  # seconds between two looks at how far the portal is
LEAST = 10  # sets under way at least
MEMORY = 8.0  # seconds by which throughput is judged
PATIENCE = 240.0  # seconds for what is under way to come to its end


class Load:
    """One plan being sent. Without a rate, so much is kept under way as the portal does in `backlog` seconds."""

    def __init__(self, plan: Plan, ledger: Ledger, backlog: float) -> None:
        self.plan, self.ledger, self.backlog = plan, ledger, backlog
        self.before = ledger.decided()
        self.seen: deque[tuple[float, int]] = deque([(time.monotonic(), 0)])
        command = [sys.executable, "-m", "bench.sender"]
        self.process = subprocess.Popen(
            command, cwd=BASE, stdin=subprocess.PIPE, text=True, preexec_fn=die_with_parent()
        )
        self._tell(asdict(plan))

    def _tell(self, what: dict[str, object]) -> None:
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(json.dumps(what) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:  # it has sent everything
            return

    @property
    def done(self) -> int:
        """Lists of this plan about which something is decided, as of the last look."""
        return self.seen[-1][1]

    @property
    def per_second(self) -> float:
        """Lists a second of late."""
        (since, before), (now, done) = self.seen[0], self.seen[-1]
        return (done - before) / (now - since) if now > since else 0.0

    @property
    def exhausted(self) -> bool:
        """Whether every set of the plan has been sent."""
        return self.process.poll() is not None

    def look(self) -> None:
        """See how far the portal is, and tell the sender."""
        done = (self.ledger.decided() - self.before) * self.plan.size
        self.seen.append((time.monotonic(), done))
        while self.seen[1][0] < self.seen[-1][0] - MEMORY:
            self.seen.popleft()
        under_way = max(LEAST * self.plan.size, int(self.per_second * self.backlog))
        self._tell({"done": done, "under_way": under_way})

    def keep(self, seconds: float, until: Callable[[], bool] = lambda: False) -> None:
        """Go on for that long, or until something is so."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not until():
            self.look()
            time.sleep(max(0.0, min(LOOK, deadline - time.monotonic())))

    def stop(self) -> list[Sent]:
        """No more sets; the log of all that was sent."""
        self._tell({"stop": True})
        self.process.wait(timeout=PATIENCE)
        with Path(self.plan.log).open() as log:
            return [Sent(*json.loads(line)) for line in log]

    def kill(self) -> None:
        """For a run that ends early."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def cpu_seconds(self) -> float:
        """What sending has cost so far."""
        return clock.cpu_seconds(self.process.pid)


def drain(ledger: Ledger, lists: int, patience: float = PATIENCE) -> float:
    """Wait until so many lists have come to their end; the seconds it took."""
    begun = time.monotonic()
    while ledger.settled() < lists and time.monotonic() - begun < patience:
        time.sleep(LOOK)
    return time.monotonic() - begun


def cores() -> int:
    """Of this machine."""
    return os.cpu_count() or 1

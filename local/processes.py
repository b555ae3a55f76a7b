"""Start processes, restart what dies, end everything together."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def _die_with_parent() -> None:
    """A `kill -9` of the manager must not leave orphans holding the ports."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Program:
    """One long-running process and its log."""

    name: str
    command: list[str]
    environment: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    starts: list[float] = field(default_factory=list)

    def start(self) -> None:
        """Launch it; output goes to its log, in a group of its own so that Ctrl-C reaches only the manager."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.starts.append(time.monotonic())
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=_die_with_parent,
                process_group=0,
            )

    def dead(self) -> bool:
        """Whether it ended."""
        return self.process is not None and self.process.poll() is not None

    def wait_to_restart(self) -> float:
        """Seconds to wait before the next start: none at first, more when it keeps dying."""
        recent = [s for s in self.starts if time.monotonic() - s < 60]
        return min(30.0, 2.0 ** max(0, len(recent) - 2))


class Manager:
    """Runs programs until told to stop."""

    def __init__(self, programs: list[Program], say: Callable[[str], None] = print) -> None:
        self.programs = programs
        self.say = say
        self.stopping = False

    def start(self) -> None:
        """Start all."""
        for program in self.programs:
            program.start()

    def watch(self) -> None:
        """Restart what dies until `stop` is asked for by a signal."""
        due: dict[str, float] = {}
        while not self.stopping:
            for program in self.programs:
                if not program.dead() or self.stopping:
                    continue
                now = time.monotonic()
                if program.name not in due:
                    due[program.name] = now + program.wait_to_restart()
                    self.say(f"{program.name} ended; it is started again (log: {program.log})")
                if now >= due[program.name]:
                    del due[program.name]
                    program.start()
            time.sleep(0.2)

    def ask_to_stop(self, *_: object) -> None:
        """Signal handler."""
        self.stopping = True

    def stop(self, patience: float = 15.0) -> None:
        """SIGTERM to all, then SIGKILL to what has not ended in time."""
        running = [p.process for p in self.programs if p.process and p.process.poll() is None]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + patience
        for process in running:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

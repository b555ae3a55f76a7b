"""Start processes, restart what dies, end everything together."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from local.paths import BASE

PR_SET_PDEATHSIG = 1
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_libc = ctypes.CDLL(None, use_errno=True)


def say(text: str) -> None:
    """Print; a closed terminal must not keep us from stopping what we started."""
    with suppress(OSError, ValueError):
        print(text, flush=True)


def die_with_parent(number: int = signal.SIGTERM) -> Callable[[], None]:
    """For `preexec_fn`: a `kill -9` of the manager must not leave orphans holding the ports."""
    parent = os.getpid()

    def ask() -> None:
        _libc.prctl(PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:  # it died before we asked
            os._exit(1)

    return ask


@contextmanager
def interruptible() -> Iterator[None]:
    """The first SIGINT, SIGTERM or SIGHUP raises KeyboardInterrupt; later ones do not disturb the tidying up."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        for ending in ENDING:
            signal.signal(ending, lambda *_: None)
        raise KeyboardInterrupt

    before = {ending: signal.signal(ending, interrupt) for ending in ENDING}
    try:
        yield
    finally:
        for ending, handler in before.items():
            signal.signal(ending, handler)


def _end_group(process: subprocess.Popen[bytes] | subprocess.Popen[str]) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _collect(process: subprocess.Popen[str]) -> str:
    """Standard output to its end, looking up often: a signal just before a blocking read is not seen within it."""
    while True:
        with suppress(subprocess.TimeoutExpired):
            return process.communicate(timeout=0.5)[0]


def output(command: list[str], environment: dict[str, str]) -> tuple[int, str]:
    """Run a helper to its end, shielded from the terminal's Ctrl-C; ended when we are interrupted.

    Returns exit status and standard output; errors go to ours.
    """
    process = subprocess.Popen(
        command, cwd=BASE, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
        preexec_fn=die_with_parent(), process_group=0,
    )  # fmt: skip
    try:
        told = _collect(process)
    except BaseException:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(5)
        _end_group(process)
        process.wait()
        raise
    return process.returncode, told


def foreground(command: list[str], environment: dict[str, str]) -> int:
    """Run a program that has the terminal and hears its Ctrl-C itself (pytest); its exit status.

    When only we are told to end, it is asked to as Ctrl-C would, and given the time to tidy up.
    """
    process = subprocess.Popen(command, cwd=BASE, env=environment, preexec_fn=die_with_parent())
    ended = signal.signal(signal.SIGTERM, lambda *_: process.send_signal(signal.SIGINT))
    heard = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        while process.poll() is None:
            time.sleep(0.1)
        return process.returncode
    finally:
        signal.signal(signal.SIGTERM, ended)
        signal.signal(signal.SIGINT, heard)


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
                cwd=BASE,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=die_with_parent(),
                process_group=0,
            )

    def dead(self) -> bool:
        """Whether it ended."""
        return self.process is not None and self.process.poll() is not None

    def wait_to_restart(self) -> float:
        """Seconds to wait before the next start: none at first, more when it keeps dying."""
        recent = [s for s in self.starts if time.monotonic() - s < 60]
        return min(30.0, 2.0 ** (len(recent) - 2)) if len(recent) > 1 else 0.0

    def end_children(self) -> None:
        """Web and worker keep processes of their own, which outlive a `kill -9` and would go on serving."""
        if self.process is not None:
            _end_group(self.process)


class Manager:
    """Runs programs until interrupted."""

    def __init__(self, programs: list[Program], say: Callable[[str], None] = say) -> None:
        self.programs = programs
        self.say = say
        self._due: dict[str, float] = {}

    def start(self) -> None:
        """Start all."""
        for program in self.programs:
            program.start()

    def tend(self) -> None:
        """Start again what died and has waited long enough; call it often."""
        for program in self.programs:
            if not program.dead():
                continue
            now = time.monotonic()
            if program.name not in self._due:
                program.end_children()
                self._due[program.name] = now + program.wait_to_restart()
                self.say(f"{program.name} ended; it is started again (log: {program.log})")
            if now >= self._due[program.name]:
                del self._due[program.name]
                program.start()

    def watch(self, also: Callable[[], None] = lambda: None, every: float = 2.0) -> None:
        """Tend the programs, and call `also` every so many seconds, until an exception ends it."""
        asked = time.monotonic()
        while True:
            self.tend()
            if time.monotonic() - asked >= every:
                also()
                asked = time.monotonic()
            time.sleep(0.2)

    def stop(self, patience: float = 15.0) -> None:
        """SIGTERM to all, then SIGKILL to what has not ended in time and to what the ended left behind."""
        running = [p.process for p in self.programs if p.process and p.process.poll() is None]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + patience
        for process in running:
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, deadline - time.monotonic()))
        for program in self.programs:
            program.end_children()
        for process in running:
            process.wait()


if sys.platform != "linux":  # pragma: no cover
    raise SystemExit("The local set-up needs Linux; elsewhere use the containers (docker-compose.yml).")

"""Looking at other processes through /proc, and ending them. A number alone proves nothing: it is used again."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")


def numbers() -> list[int]:
    """Numbers of all processes."""
    return [int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit()]


def arguments(number: int) -> list[str]:
    """Command line of a process; empty for one that is gone, a zombie or a kernel thread."""
    try:
        text = (PROC / str(number) / "cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return []
    return text.rstrip("\0").split("\0") if text else []


def folder(number: int) -> Path | None:
    """Working folder of a process, None when gone or not ours to see."""
    try:
        return Path(os.readlink(PROC / str(number) / "cwd"))
    except OSError:
        return None


def with_variable(name: str, value: str) -> list[int]:
    """Processes, without this one, that were started with this environment variable."""
    wanted = f"{name}={value}".encode()
    found = []
    for number in numbers():
        with suppress(OSError):
            if wanted in (PROC / str(number) / "environ").read_bytes().split(b"\0") and arguments(number):
                found.append(number)
    return [number for number in found if number != os.getpid()]


def wait_until(done: Callable[[], bool], patience: float, step: float = 0.05) -> bool:
    """Whether `done` became true within `patience` seconds."""
    deadline = time.monotonic() + patience
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(step)
    return True


def end(processes: Iterable[int], patience: float = 10.0) -> None:
    """SIGTERM, then SIGKILL to what is still there after `patience` seconds."""
    left = list(processes)
    for number in left:
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGTERM)
    if not wait_until(lambda: not any(arguments(n) for n in left), patience):
        for number in left:
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        wait_until(lambda: not any(arguments(n) for n in left), 5)

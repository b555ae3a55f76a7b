"""Processor time of whole process trees, from /proc."""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()


def _children() -> dict[int, list[int]]:
    found: defaultdict[int, list[int]] = defaultdict(list)
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                found[int(_stat(int(name))[1])].append(int(name))
            except (OSError, IndexError):
                continue
    return found


def cpu_seconds(root: int) -> float:
    """User and system time of a process, its living descendants and those it has waited for."""
    children, todo, ticks = _children(), [root], 0
    while todo:
        pid = todo.pop()
        try:
            ticks += sum(int(one) for one in _stat(pid)[11:15])  # utime stime cutime cstime
        except OSError:
            continue
        todo += children.get(pid, [])
    return ticks / TICK


def machine() -> str:
    """The machine in a few words."""
    info = Path("/proc/cpuinfo").read_text()
    names = [line.split(":", 1)[1].strip() for line in info.splitlines() if line.startswith("model name")]
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} × {names[0] if names else 'unknown processor'}, load before the run {load:.1f}"

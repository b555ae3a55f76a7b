"""Processor time and memory of whole process trees, from /proc."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
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


def tree(root: int) -> Iterator[int]:
    """A process and its living descendants."""
    children, todo = _children(), [root]
    while todo:
        pid = todo.pop()
        yield pid
        todo += children.get(pid, [])


def cpu_seconds(root: int) -> float:
    """User and system time of a process, its living descendants and those it has waited for."""
    ticks = 0
    for pid in tree(root):
        try:
            ticks += sum(int(one) for one in _stat(pid)[11:15])  # utime stime cutime cstime
        except OSError:
            continue
    return ticks / TICK


def peaks(root: int) -> list[int]:
    """Peak resident memory of each process of a tree, in KiB (shared pages count in each)."""
    found = []
    for pid in tree(root):
        try:
            lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        except OSError:
            continue
        found += [int(line.split()[1]) for line in lines if line.startswith("VmHWM:")]
    return found


def machine() -> str:
    """The machine in a few words."""
    info = Path("/proc/cpuinfo").read_text()
    names = [line.split(":", 1)[1].strip() for line in info.splitlines() if line.startswith("model name")]
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} × {names[0] if names else 'unknown processor'}, load before the run {load:.1f}"

"""Where the time goes: Python by samples of the stacks (py-spy), PostgreSQL by a sample of its statements.

Taken after the measured window under the same load, because looking costs. Written beside the figures as text.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from bench.load import Load
from bench.stage import Stage
from local.paths import BASE

RATE = 100  # samples a second
SHOWN = 40
PROGRAMS = ("web", "worker", "agencies")
_LINES = re.compile(r" \(([^():]+):\d+\)")
# The outermost of our own frames that says what is done, not how it came to be run.
_PLUMBING = ("portal/", "celery", "granian", "submissions/api/idempotency.py", "submissions/clock.py")


def spy() -> str | None:
    """The sampler, where it is installed."""
    beside = Path(sys.executable).parent / "py-spy"
    return str(beside) if beside.exists() else shutil.which("py-spy")


class Spying:
    """The stacks of some programs, sampled for some seconds."""

    def __init__(self, stage: Stage, folder: Path, seconds: float) -> None:
        self.folder, self.seconds, self.program = folder, seconds, spy()
        roots = stage.roots()
        self.running = {name: self._start(name, roots[name]) for name in PROGRAMS if name in roots}

    def _file(self, name: str) -> Path:
        return self.folder / f"stacks-{name}.txt"

    def _start(self, name: str, pid: int) -> subprocess.Popen[bytes] | None:
        if self.program is None:
            return None
        command = [
            self.program, "record", "--pid", str(pid), "--subprocesses", "--rate", str(RATE), "--format", "raw",
            "--duration", str(max(1, int(self.seconds))), "--output", str(self._file(name)), "--nonblocking",
        ]  # fmt: skip
        return subprocess.Popen(command, cwd=BASE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def finish(self) -> None:
        """Write `profile-<program>.txt` for each."""
        for name, process in self.running.items():
            text = "py-spy is not installed; it comes with the tools for development."
            if process is not None:
                process.wait(timeout=self.seconds + 60)
                text = "py-spy could not look into the process."
                if self._file(name).exists():
                    text = report(self._file(name).read_text().splitlines())
                    self._file(name).unlink()
            (self.folder / f"profile-{name}.txt").write_text(text + "\n")


def report(lines: Iterable[str]) -> str:
    """Shares by stage, by what a stage calls, and by where the processor was."""
    stacks = [_stack(line) for line in lines if line.strip()]
    total = sum(count for _frames, count in stacks)
    if not total:
        return "No sample: the program did nothing."
    stages: Counter[str] = Counter()
    below: defaultdict[str, Counter[str]] = defaultdict(Counter)
    own: Counter[str] = Counter()
    ours: Counter[str] = Counter()
    for frames, count in stacks:
        mine = [frame for frame in frames if _is_ours(frame)]
        stage = mine[0] if mine else "(not ours: event loop, driver, server)"
        stages[stage] += count
        for frame in dict.fromkeys(mine[1:]):
            below[stage][frame] += count
        own[frames[-1]] += count
        for frame in dict.fromkeys(mine):
            ours[frame] += count
    parts = [f"{total} samples at {RATE} a second, of threads that were at work; shares of all samples"]
    parts += _table("By stage: the outermost function of ours", stages, total)
    for stage, _count in stages.most_common(6):
        parts += _table(f"Within {stage}", below[stage], total)
    parts += _table("Every function of ours, with what it calls", ours, total)
    parts += _table("Where the processor was", own, total)
    return "\n".join(parts)


def _stack(line: str) -> tuple[list[str], int]:
    text, _, count = line.rpartition(" ")
    frames = [_LINES.sub(r" (\1)", frame).replace(f"({BASE}/", "(") for frame in text.split(";")]
    return [frame for frame in frames if not frame.startswith("process ")] or ["?"], int(count)


def _is_ours(frame: str) -> bool:
    if "site-packages" in frame or "(" not in frame:
        return False
    file = frame.rpartition("(")[2].rstrip(")")
    known = (BASE / file).exists() and not file.startswith(("/", ".venv"))
    return known and not any(file.startswith(one) for one in _PLUMBING)


def _table(title: str, counts: Counter[str], total: int) -> list[str]:
    if not counts:
        return []
    rows = [f"{count / total:6.1%}  {name}" for name, count in counts.most_common(SHOWN)]
    return ["", title, *rows]


def take(stage: Stage, load: Load, folder: Path, seconds: float) -> Sequence[Path]:
    """Both profiles, while the load goes on; the files written."""
    from bench.statements import Statements

    folder.mkdir(parents=True, exist_ok=True)
    spying = Spying(stage, folder, seconds)
    with Statements(folder) as statements:
        load.keep(seconds)
    statements.write()
    spying.finish()
    return sorted(folder.glob("profile-*.txt"))

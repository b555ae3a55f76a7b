from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from local import proc, processes
from local.processes import Manager, Program

BASE = Path(__file__).resolve().parent.parent.parent
SLEEP = "import time; print('up', flush=True); time.sleep(60)"
STUBBORN = "import signal; signal.signal(15, lambda *_: None); " + SLEEP


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    made = Program("one", [sys.executable, "-c", SLEEP], dict(os.environ), tmp_path / "log" / "one.log")
    yield made
    Manager([made]).stop(0.1)


def _up(program: Program, times: int = 1) -> int:
    assert proc.wait_until(lambda: program.log.read_text().count("up") >= times, 10)
    assert program.process is not None
    return program.process.pid


def test_what_dies_is_started_again_at_once_and_said(program: Program) -> None:
    told: list[str] = []
    manager = Manager([program], say=told.append)
    manager.start()
    first = _up(program)
    manager.tend()
    assert told == []
    os.kill(first, signal.SIGKILL)
    assert proc.wait_until(program.dead, 5)
    manager.tend()
    assert _up(program, 2) != first
    assert len(told) == 1
    assert "one" in told[0]


def test_what_keeps_dying_waits_longer_each_time(program: Program) -> None:
    now = time.monotonic()
    waits = []
    for starts in range(1, 9):
        program.starts = [now] * starts
        waits.append(program.wait_to_restart())
    assert waits == [0, 1, 2, 4, 8, 16, 30, 30]
    program.starts = [now - 61] * 8
    assert program.wait_to_restart() == 0


def test_the_wait_is_kept(program: Program) -> None:
    program.command = [sys.executable, "-c", "print('up')"]
    manager = Manager([program], say=lambda text: None)
    manager.start()
    until = time.monotonic() + 0.8
    while time.monotonic() < until:
        manager.tend()
        time.sleep(0.01)
    assert len(program.starts) == 2


def test_stop_asks_first(program: Program) -> None:
    manager = Manager([program])
    manager.start()
    _up(program)
    manager.stop(5)
    assert program.process is not None
    assert program.process.returncode == -signal.SIGTERM


def test_stop_kills_what_does_not_listen(program: Program) -> None:
    program.command = [sys.executable, "-c", STUBBORN]
    manager = Manager([program])
    manager.start()
    _up(program)
    begun = time.monotonic()
    manager.stop(0.3)
    assert time.monotonic() - begun < 3
    assert program.process is not None
    assert program.process.returncode == -signal.SIGKILL


def _with_child(program: Program) -> int:
    """A program with a process of its own that outlives it; that one's number."""
    program.command = [
        sys.executable, "-c",
        f"import subprocess,sys,time; p = subprocess.Popen([sys.executable, '-c', {STUBBORN!r}]); "
        "time.sleep(.2); print('child', p.pid, flush=True); time.sleep(60)",
    ]  # fmt: skip
    program.start()
    assert proc.wait_until(lambda: "child" in program.log.read_text(), 10)
    return int(program.log.read_text().split("child ")[1].split()[0])


def test_the_children_of_a_killed_program_do_not_outlive_it(program: Program) -> None:
    child = _with_child(program)
    manager = Manager([program], say=lambda text: None)
    assert program.process is not None
    program.process.kill()
    assert proc.wait_until(program.dead, 5)
    assert proc.arguments(child)
    manager.tend()
    assert proc.wait_until(lambda: not proc.arguments(child), 5)


def test_stop_leaves_no_children(program: Program) -> None:
    child = _with_child(program)
    Manager([program]).stop(5)
    assert proc.wait_until(lambda: not proc.arguments(child), 5)


def _python(code: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code], cwd=BASE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


MANAGER = f"""
import sys, time
from pathlib import Path
from local.processes import Manager, Program
m = Manager([Program("a", [sys.executable, "-c", {SLEEP!r}], {{}}, Path(sys.argv[0] or "/dev/null"))])
m.programs[0].log = Path("/dev/null")
m.start(); print(m.programs[0].process.pid, flush=True); m.watch()
"""


def test_programs_end_when_their_manager_is_killed() -> None:
    manager = _python(MANAGER)
    assert manager.stdout is not None
    child = int(manager.stdout.readline())
    assert proc.arguments(child)
    manager.kill()
    manager.wait()
    assert proc.wait_until(lambda: not proc.arguments(child), 5)


TIDY = """
import time
from local.processes import interruptible
try:
    with interruptible():
        print("up", flush=True); time.sleep(30)
except KeyboardInterrupt:
    print("interrupted")
"""
TIDY_SLOWLY = """
import time
from local.processes import interruptible
try:
    with interruptible():
        try:
            print("up", flush=True); time.sleep(30)
        finally:
            print("tidying", flush=True); time.sleep(.5); print("tidied", flush=True)
except KeyboardInterrupt:
    print("interrupted")
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_every_way_to_end_interrupts(number: int) -> None:
    child = _python(TIDY)
    assert child.stdout is not None
    child.stdout.readline()
    child.send_signal(number)
    assert child.communicate(timeout=10)[0] == "interrupted\n"
    assert child.returncode == 0


def test_an_impatient_second_time_does_not_disturb_the_tidying_up() -> None:
    child = _python(TIDY_SLOWLY)
    assert child.stdout is not None
    child.stdout.readline()
    child.send_signal(signal.SIGINT)
    child.stdout.readline()
    child.send_signal(signal.SIGINT)
    child.send_signal(signal.SIGTERM)
    assert child.communicate(timeout=10)[0] == "tidied\ninterrupted\n"


NUMBERED = "import os,sys; print(os.getpid(), file=sys.stderr, flush=True); " + SLEEP
PREPARING = f"""
import sys
from local.processes import interruptible, output
try:
    with interruptible():
        output([sys.executable, "-c", {NUMBERED!r}], {{}})
except KeyboardInterrupt:
    print("interrupted")
"""


def test_an_interrupt_during_a_helper_ends_the_helper() -> None:
    child = _python(PREPARING)
    assert child.stdout is not None
    helper = int(child.stdout.readline())
    child.send_signal(signal.SIGTERM)
    assert child.communicate(timeout=10)[0] == "interrupted\n"
    assert not proc.arguments(helper)


def test_a_helpers_words_and_status_are_returned() -> None:
    assert processes.output([sys.executable, "-c", "print('told'); raise SystemExit(3)"], {}) == (3, "told\n")


TERMINAL = """
import sys
from local.processes import foreground
code = '''
import time
try:
    print("up", flush=True); time.sleep(30)
except KeyboardInterrupt:
    print("tidied", flush=True); raise SystemExit(2)
'''
raise SystemExit(foreground([sys.executable, "-c", code], {}))
"""


def test_a_program_in_the_foreground_is_asked_as_by_ctrl_c_and_waited_for() -> None:
    child = _python(TERMINAL)
    assert child.stdout is not None
    child.stdout.readline()
    child.send_signal(signal.SIGTERM)
    assert child.communicate(timeout=10)[0] == "tidied\n"
    assert child.returncode == 2


def test_a_closed_terminal_is_no_reason_to_stop_tidying(monkeypatch: pytest.MonkeyPatch) -> None:
    class Closed:
        def write(self, text: str) -> int:
            raise BrokenPipeError

        def flush(self) -> None:
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stdout", Closed())
    processes.say("nobody hears it")

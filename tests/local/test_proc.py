from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from local import proc
from local.postgres import NOBODY, Postgres
from local.valkey import Valkey

STUBBORN = "import signal,time; signal.signal(15, lambda *_: None); print('up', flush=True); time.sleep(60)"


def _child(code: str, **variables: str) -> subprocess.Popen[str]:
    child = subprocess.Popen(
        [sys.executable, "-c", code], env=dict(os.environ) | variables, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    child.stdout.readline()
    return child


def test_leftovers_are_found_by_their_mark_and_ended_even_when_stubborn(tmp_path: Path) -> None:
    ours = _child(STUBBORN, PORTAL_RUN=str(tmp_path))
    other = _child(STUBBORN, PORTAL_RUN=str(tmp_path / "of another checkout"))
    try:
        assert proc.with_variable("PORTAL_RUN", str(tmp_path)) == [ours.pid]
        proc.end([ours.pid], patience=0.2)
        assert ours.wait(5) == -9
        assert other.poll() is None
        assert proc.with_variable("PORTAL_RUN", str(tmp_path)) == []
    finally:
        other.kill()
        other.wait()


def test_a_zombie_has_no_arguments() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    assert proc.wait_until(lambda: not proc.arguments(child.pid), 10)
    assert child.pid in proc.numbers()
    child.wait()


def _lock(server: Postgres, number: int) -> Path:
    server.data.mkdir(parents=True)
    file = server.data / "postmaster.pid"
    file.write_text(f"{number}\n{server.data}\n1700000000\n5432\n\n127.0.0.1\n  123  456\nready\n")
    return file


def test_a_stranger_with_the_servers_number_is_not_the_server(var: Path) -> None:
    server = Postgres()
    file = _lock(server, os.getpid())
    assert server.pid() is None
    server.stop()  # must not end this process
    server._clear_lock_of_another()
    lines = file.read_text().splitlines()
    assert lines[0] == str(NOBODY)
    assert lines[6] == "  123  456"  # by which old backends are noticed


def test_the_lock_of_a_dead_server_is_left_to_postgres(var: Path) -> None:
    server = Postgres()
    file = _lock(server, NOBODY)
    before = file.read_text()
    server._clear_lock_of_another()
    assert server.pid() is None
    assert file.read_text() == before


def test_another_checkouts_broker_with_our_number_is_not_ours(var: Path, tmp_path: Path) -> None:
    ours = Valkey()
    ours.root.mkdir()
    code = "import os; print('up', flush=True); os.read(0, 1)"
    command = ["bash", "-c", f'exec -a valkey-server "{sys.executable}" -c "{code}"']
    child = subprocess.Popen(command, cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()
    ours.pidfile.write_text(str(child.pid))
    assert "valkey-server" in proc.arguments(child.pid)[0]
    assert ours.pid() is None
    ours.stop()
    assert child.poll() is None
    child.kill()
    child.communicate()


def test_files_of_process_numbers_may_hold_anything(var: Path) -> None:
    server, broker = Postgres(), Valkey()
    server.data.mkdir(parents=True)
    broker.root.mkdir()
    for text in ("", "\n", "x\n", "-1\n", "99999999999999999999\n"):
        (server.data / "postmaster.pid").write_text(text)
        broker.pidfile.write_text(text)
        assert server.pid() is None
        assert broker.pid() is None

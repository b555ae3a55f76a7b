"""`make run`'s program from outside: ready, parts killed, the manager killed, started again, Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import psycopg2
import pytest

from local import env, proc
from local.run import MARK
from tests.local.conftest import BASE, Checkout


class Run:
    """One `python -m local.run`."""

    def __init__(self, checkout: Checkout, port: int, log: Path, *, cwd: Path = BASE) -> None:
        self.checkout, self.port, self.log = checkout, port, log
        # Collected already for the other tests, or collected now for them.
        environment = checkout.environment(PORT=str(port), STATIC_ROOT=str(BASE / "var" / "static"))
        with log.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "local.run"], cwd=cwd, env=environment, stdout=output, stderr=output
            )

    def told(self) -> str:
        return self.log.read_text()

    def wait_ready(self) -> None:
        ended = lambda: self.process.poll() is not None  # noqa: E731
        assert proc.wait_until(lambda: "is ready after" in self.told() or ended(), 90, 0.1)
        assert not ended(), self.told()

    def serves(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False

    def parts(self) -> list[int]:
        """Every process the run started, servers apart."""
        return proc.with_variable(MARK, str(self.checkout.var.resolve()))

    def part(self, word: str) -> int:
        """The main process of web, worker, beat or agencies: of several the one with the lowest number."""
        return min(number for number in self.parts() if word in proc.arguments(number))


@pytest.fixture
def stays(checkout: Checkout) -> None:
    """A wish of another test that the servers stay is over."""
    checkout.services("stop")


@pytest.mark.usefixtures("stays")
@pytest.mark.timeout(240)
def test_the_portal_survives_what_is_done_to_it(checkout: Checkout, tmp_path: Path) -> None:
    port = env.free_port()
    first = Run(checkout, port, tmp_path / "first.log")
    try:
        first.wait_ready()
        second = Run(checkout, env.free_port(), tmp_path / "second.log")
        assert second.process.wait(20) == 1
        assert "running in this checkout already" in second.told()

        # Parts killed: started again, without children of the killed one that go on.
        for word in ("granian", "worker@%h"):
            before, killed = set(first.parts()), first.part(word)
            children = {n for n in before if word in proc.arguments(n)}
            os.kill(killed, signal.SIGKILL)
            assert proc.wait_until(lambda: not children & set(first.parts()), 10)  # noqa: B023
            assert proc.wait_until(lambda: any(word in proc.arguments(n) for n in first.parts()), 10)  # noqa: B023
        checkout.kill("postgres")
        assert proc.wait_until(first.serves, 30, 0.2)
        assert first.process.poll() is None

        connection = psycopg2.connect(checkout.values()["DATABASE_URL"])
        with connection, connection.cursor() as cursor:
            cursor.execute("create table kept_by_run as select 42 as answer")
        connection.close()
        first.process.kill()
        first.process.wait()
        assert proc.wait_until(lambda: not first.parts(), 30)
        left = checkout.numbers()
        assert None not in left.values()

        # The next start finds the servers, serves with the data, and stops everything with Ctrl-C.
        third = Run(checkout, port, tmp_path / "third.log")
        third.wait_ready()
        assert third.serves()
        assert checkout.numbers() == left
        connection = psycopg2.connect(checkout.values()["DATABASE_URL"])
        with connection.cursor() as cursor:
            cursor.execute("select answer from kept_by_run")
            assert cursor.fetchone() == (42,)
        connection.close()
        third.process.send_signal(signal.SIGINT)
        assert third.process.wait(40) == 0
        assert third.parts() == []
        assert checkout.numbers() == {"postgres": None, "valkey": None}
        assert "Traceback" not in third.told()
    finally:
        proc.end(first.parts())
        for run in (first.process, locals().get("third") and third.process):
            if run and run.poll() is None:
                run.kill()
                run.wait()


@pytest.mark.usefixtures("stays")
def test_ctrl_c_while_the_portal_is_prepared(checkout: Checkout, tmp_path: Path) -> None:
    run = Run(checkout, env.free_port(), tmp_path / "run.log")
    try:
        preparing = lambda: any("prepare" in proc.arguments(n) for n in run.parts())  # noqa: E731
        assert proc.wait_until(preparing, 40), run.told()
        run.process.send_signal(signal.SIGTERM)
        assert run.process.wait(30) == 0
        assert run.parts() == []
        assert checkout.numbers() == {"postgres": None, "valkey": None}
        assert "Traceback" not in run.told()
        assert "Stopped." in run.told()
    finally:
        if run.process.poll() is None:
            run.process.kill()
            run.process.wait()

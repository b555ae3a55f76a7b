"""Who may start and stop the servers: with stand-ins for them, then with the real ones."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg2
import pytest

from local import env, proc, services
from tests.local.conftest import BASE, Checkout


class Server:
    """Runs or not, and remembers what it was told."""

    running: dict[str, bool] = {}
    told: list[str] = []

    def pid(self) -> int | None:
        return 1 if self.running[type(self).__name__] else None

    def start(self, values: dict[str, str]) -> bool:
        before = self.running[type(self).__name__]
        self.running[type(self).__name__] = True
        self.told += [] if before else [f"start {type(self).__name__}"]
        return not before

    def stop(self) -> None:
        self.running[type(self).__name__] = False
        self.told.append(f"stop {type(self).__name__}")

    def url(self, values: dict[str, str]) -> str:
        return f"{type(self).__name__}://ours"


@pytest.fixture
def told(var: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    class Database(Server):
        pass

    class Broker(Server):
        pass

    Server.running = {"Database": False, "Broker": False}
    Server.told = []
    monkeypatch.setattr(services, "Postgres", Database)
    monkeypatch.setattr(services, "Valkey", Broker)
    return Server.told


def test_the_last_to_leave_stops_the_servers(told: list[str]) -> None:
    with services.used():
        with services.used():
            assert told == ["start Database", "start Broker"]
        assert all(Server.running.values())
    assert told[2:] == ["stop Broker", "stop Database"]


def test_also_when_the_first_to_come_leaves_first(told: list[str]) -> None:
    run, test = services.used(), services.used()
    run.__enter__()
    test.__enter__()
    run.__exit__(None, None, None)
    assert all(Server.running.values())
    test.__exit__(None, None, None)
    assert not any(Server.running.values())


def test_what_was_asked_to_stay_stays(told: list[str]) -> None:
    services.start()
    with services.used():
        pass
    assert all(Server.running.values())
    services.stop()
    assert not any(Server.running.values())
    with services.used():
        pass
    assert not any(Server.running.values())


def test_a_wish_made_during_a_run_counts(told: list[str]) -> None:
    with services.used():
        assert services.start() == []
    assert all(Server.running.values())


def test_a_restart_of_the_machine_voids_the_wish(told: list[str]) -> None:
    services.start()
    Server.running = dict.fromkeys(Server.running, False)
    with services.used():
        pass
    assert not any(Server.running.values())


def test_what_a_killed_run_left_is_adopted_and_stopped(told: list[str]) -> None:
    Server.running = dict.fromkeys(Server.running, True)
    with services.used():
        assert told == []
    assert not any(Server.running.values())


def test_servers_in_use_are_not_stopped_under_their_users(told: list[str]) -> None:
    with services.used():
        with pytest.raises(SystemExit, match="using the servers"):
            services.stop()
        assert all(Server.running.values())


def test_an_interrupted_start_leaves_nothing(told: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(self: Server, values: dict[str, str]) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr(services.Valkey, "start", interrupted)
    with pytest.raises(KeyboardInterrupt), services.used():
        pass
    assert not any(Server.running.values())


def test_named_servers_are_used_and_left_alone(told: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    with services.used():
        pass
    ours = env.load()
    told.clear()
    monkeypatch.setenv("DATABASE_URL", "postgres://somebody:secret@elsewhere/db")
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere/0")
    Server.running = dict.fromkeys(Server.running, True)
    with services.used():
        services.revive()
    assert told == []
    assert env.load() == ours
    assert "elsewhere" not in env.FILE.read_text()


def test_a_server_that_dies_while_used_is_started_again(told: list[str]) -> None:
    with services.used():
        Server.running["Database"] = False
        services.revive()
        services.revive()
        assert told[2:] == ["start Database"]


def test_a_new_address_ends_the_run(told: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    with services.used():
        Server.running["Database"] = False
        monkeypatch.setattr(services.Postgres, "url", lambda self, values: "Database://another")
        with pytest.raises(SystemExit, match="took its port"):
            services.revive()


# --- the real ones ------------------------------------------------------------------------------------------


def _sql(checkout: Checkout, sql: str) -> list[tuple[object, ...]]:
    connection = psycopg2.connect(checkout.values()["DATABASE_URL"])
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def test_killed_servers_start_again_with_their_data(checkout: Checkout) -> None:
    checkout.services("stop")
    assert "postgres, valkey" in checkout.services("start").stdout
    before = checkout.numbers()
    _sql(checkout, "create table kept as select 42 as answer")
    assert "nothing" in checkout.services("start").stdout
    assert checkout.numbers() == before

    busy = psycopg2.connect(
        checkout.values()["DATABASE_URL"]
    )  # a backend at work outlives its server for a while
    busy.cursor().execute("create table lost as select 1")
    checkout.kill("postgres")
    checkout.kill("valkey")
    assert "postgres, valkey" in checkout.services("start").stdout
    assert _sql(checkout, "select answer from kept") == [(42,)]
    assert _sql(checkout, "select to_regclass('lost')") == [(None,)]
    busy.close()


def test_a_start_killed_before_it_noted_its_ports_is_adopted(checkout: Checkout) -> None:
    checkout.services("start")
    before = checkout.numbers()
    values = checkout.values()
    for name in ("POSTGRES_PORT", "VALKEY_PORT", "DATABASE_URL", "REDIS_URL"):
        del values[name]
    env.save(values, checkout.var / "local.env")
    assert "nothing" in checkout.services("start").stdout
    assert checkout.numbers() == before
    assert _sql(checkout, "select 1") == [(1,)]


def test_a_lock_file_with_a_strangers_number_does_not_prevent_a_start(checkout: Checkout) -> None:
    checkout.services("start")
    number = checkout.numbers()["postgres"]
    assert number is not None
    data = Path(proc.arguments(number)[2])
    text = (data / "postmaster.pid").read_text()
    owner = data.stat()
    checkout.services("stop")
    assert checkout.numbers() == {"postgres": None, "valkey": None}
    # A process of the same account has got the number since.
    stranger = subprocess.Popen(["sleep", "60"], user=owner.st_uid if os.geteuid() == 0 else None)
    (data / "postmaster.pid").write_text(text.replace(str(number), str(stranger.pid), 1))
    os.chown(data / "postmaster.pid", owner.st_uid, owner.st_gid)
    done = checkout.services("start")
    assert done.returncode == 0, done.stderr
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_named_servers_are_not_started(another_checkout: Checkout) -> None:
    done = another_checkout.services("start", DATABASE_URL="postgres://x/y", REDIS_URL="redis://x/0")
    assert "nothing" in done.stdout
    assert another_checkout.numbers() == {"postgres": None, "valkey": None}
    assert not {"DATABASE_URL", "REDIS_URL"} & set(another_checkout.values())


def test_two_checkouts_side_by_side(checkout: Checkout, another_checkout: Checkout) -> None:
    checkout.services("start")
    another_checkout.services("start")
    ours, others = checkout.numbers(), another_checkout.numbers()
    assert None not in ours.values()
    assert None not in others.values()
    assert not set(ours.values()) & set(others.values())
    another_checkout.services("stop")
    assert checkout.numbers() == ours

    # Its keys are lost: nobody reads the old database, and nobody deletes it; a new one is made.
    (another_checkout.var / "local.env").unlink()
    done = another_checkout.services("start")
    assert done.returncode == 0, done.stderr
    assert "was moved to" in done.stdout
    assert _sql(another_checkout, "select 1") == [(1,)]


def test_an_interrupted_first_start_is_survived(another_checkout: Checkout) -> None:
    starting = subprocess.Popen(
        [sys.executable, "-m", "local.services", "start"], cwd=BASE, env=another_checkout.environment()
    )
    assert proc.wait_until((another_checkout.var / "local.env").exists, 20)
    time.sleep(0.3)  # within initdb
    starting.send_signal(signal.SIGKILL)
    starting.wait()
    done = another_checkout.services("start")
    assert done.returncode == 0, done.stderr
    assert _sql(another_checkout, "select 1") == [(1,)]

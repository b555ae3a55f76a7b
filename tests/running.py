"""A whole portal with its own database, broker number and agencies, as `make run` starts it: for journeys."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg2

from local import env, fonts
from local.paths import VAR
from local.processes import Manager
from local.run import programs
from tests import template

BASE = Path(__file__).resolve().parent.parent


STORY = """
from customs.models import CebMessage, DocumentEvent
from submissions.models import Dispatch, InboxMessage
for row in Dispatch.objects.all():
    print("dispatch", row.what, row.state, row.failure, row.attempts_made, row.due_at)
for row in InboxMessage.objects.all():
    print("inbox", row.state, row.reason, row.attempts_made)
for row in CebMessage.objects.all():
    print("message", row.type, row.loaded_at, row.problems)
for row in DocumentEvent.objects.order_by("at"):
    print("event", row.at, row.kind, row.verb, row.from_state, row.to_state, row.why[:60])
"""


@dataclass
class Running:
    """Where it is, and the hands on its processes."""

    url: str
    environment: dict[str, str]
    manager: Manager

    def manage(self, *words: str) -> str:
        """One management command of this portal."""
        done = subprocess.run(
            [sys.executable, "manage.py", *words], cwd=BASE, env=self.environment, capture_output=True,
            text=True, check=True,
        )  # fmt: skip
        return done.stdout

    def logs(self) -> str:
        """The ends of all logs, for a failure's message."""
        return "\n".join(f"== {p.name}\n{p.log.read_text()[-3000:]}" for p in self.manager.programs)

    def story(self) -> str:
        """What the database tells: dispatches, inbox and document events, for a failure's message."""
        return self.manage("shell", "-v0", "-c", STORY)

    def kill(self, name: str) -> None:
        """kill -9 of one process; the manager starts it again."""
        program = next(p for p in self.manager.programs if p.name == name)
        assert program.process is not None
        program.process.kill()


def _execute(url: str, sql: str) -> None:
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(sql)
    connection.close()


@contextmanager
def running(folder: Path, *, name: str, broker: int) -> Iterator[Running]:
    """Everything up on free ports with the demonstration's people, nothing handed in yet."""
    values = env.load()
    main = os.environ.get("DATABASE_URL") or values["DATABASE_URL"]
    redis = os.environ.get("REDIS_URL") or values["REDIS_URL"]
    database = f"running_{name}"
    _execute(main, f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
    _execute(main, f"CREATE DATABASE {database} TEMPLATE {template.ensure(main)}")
    port, agencies_port = env.free_port(), env.free_port()
    host = f"http://127.0.0.1:{port}"
    environment = dict(os.environ) | values
    environment |= {
        "DATABASE_URL": f"{main.rsplit('/', 1)[0]}/{database}",
        "REDIS_URL": f"{redis.rsplit('/', 1)[0]}/{broker}",
        "PORTAL_VAR": str(folder),
        "STATIC_ROOT": str(VAR / "static"),  # collected once, not by every portal
        "SITE_URL": host,
        "DEMO": "1",
        "SWEEP_SECONDS": "2",
        "AGENCY_URL_CUSTOMS": f"http://127.0.0.1:{agencies_port}",
        "AGENCY_URL_OFFICES": f"http://127.0.0.1:{agencies_port}",
        "AGENCIES_PORT": str(agencies_port),
        "AGENCIES_STORE": str(folder / "agencies.sqlite3"),
        "AGENCIES_SECRET": values["AGENCY_SECRET_CUSTOMS"],
        "AGENCIES_OFFICES_SECRET": values["AGENCY_SECRET_OFFICES"],
        "AGENCIES_DELAY": "0.5",
        "PORTAL_INBOX": f"{host}/api/v1/inbox/customs",
        "FONTCONFIG_FILE": str(fonts.CONF),
    }
    # A number of the broker of our own; what an earlier, killed run left in it must not be worked on here.
    subprocess.run(
        [sys.executable, "-c", "import os,redis; redis.from_url(os.environ['REDIS_URL']).flushdb()"],
        env=environment,
        check=True,
    )
    started = programs(environment, port)
    for program in started:
        program.log = folder / f"{program.name}.log"
    portal = Running(host, environment, Manager(started, say=lambda text: None))
    portal.manage("prepare", "--demo")
    portal.manager.start()
    try:
        _wait(portal)
        yield portal
    finally:
        portal.manager.stop()
        _execute(main, f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")


def _wait(portal: Running, patience: float = 100) -> None:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{portal.url}/readyz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"not ready\n{portal.logs()}")

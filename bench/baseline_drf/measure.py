"""The peer's run: own database, own process, the very documents of the portal's run."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import httpx
import psycopg2

from bench.clock import cpu_seconds
from customs.ceb import Document
from local import env
from local.postgres import Postgres

NAME = "bench_baseline"
ORDER = ("CEB311", "CEB411", "CEB511", "CEB621")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")


def snake(name: str) -> str:
    """orderNo → order_no."""
    return _HUMP.sub("_", name).lower()


def _named(values: Mapping[str, str]) -> dict[str, str]:
    return {snake(name): value for name, value in values.items()}


def body(documents: Sequence[Document]) -> bytes:
    """The documents as the peer takes them."""
    told = [
        _named(one.head) | ({"lines": [_named(line) for line in one.lines]} if one.lines else {})
        for one in documents
    ]
    return json.dumps(told, ensure_ascii=False).encode()


def _execute(url: str, sql: str) -> list[tuple]:
    connection = psycopg2.connect(url)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


@contextmanager
def _served(main: str) -> Iterator[tuple[str, str, int]]:
    """Address, database and process of the peer."""
    url, port = f"{main.rsplit('/', 1)[0]}/{NAME}", env.free_port()
    _execute(main, f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
    _execute(main, f"CREATE DATABASE {NAME}")
    environment = dict(os.environ) | {
        "BASELINE_DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "bench.baseline_drf.settings",
    }
    tables = [sys.executable, "-m", "django", "migrate", "--run-syncdb", "-v0"]
    subprocess.run(tables, env=environment, check=True)
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
        "--workers", "1", "--blocking-threads", "1", "--no-access-log",
        "--log-level", "warning", "bench.baseline_drf.wsgi:application",
    ]  # fmt: skip
    process = subprocess.Popen(command, env=environment)
    try:
        address = f"http://127.0.0.1:{port}"
        _wait(address)
        yield address, url, process.pid
    finally:
        process.terminate()
        process.wait(timeout=20)
        _execute(main, f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")


def _wait(address: str) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            httpx.get(f"{address}/", timeout=2)
            return
        except httpx.TransportError:
            time.sleep(0.1)
    raise SystemExit("the plain implementation did not start")


def _client(address: str) -> httpx.Client:
    return httpx.Client(base_url=address, timeout=300, headers={"Content-Type": "application/json"})


def _verify(url: str, told: Sequence[Mapping[str, Sequence[Document]]]) -> None:
    """Every buyer is known, as in the portal's run."""
    buyers = {
        (one.head["buyerIdNumber"], one.head["buyerName"])
        for documents in told
        for one in documents["CEB621"]
    }
    connection = psycopg2.connect(url)
    with connection, connection.cursor() as cursor:
        sql = "INSERT INTO baseline_drf_verified (id_number, name) VALUES (%s, %s)"
        cursor.executemany(sql, sorted(buyers))
    connection.close()


def measure(main: str, told: Sequence[Mapping[str, Sequence[Document]]]) -> tuple[float, int]:
    """Processor seconds of server and database a list, and how many lists stand as released."""
    postgres = Postgres().pid() or 0
    bodies = [{type_: body(one[type_]) for type_ in ORDER} for one in told]
    lists = sum(len(one["CEB621"]) for one in told)
    with _served(main) as (address, url, pid), _client(address) as client:
        _verify(url, told)
        before = cpu_seconds(pid) + cpu_seconds(postgres)
        for one in bodies:
            for type_ in ORDER:
                client.post(f"/messages/{type_}", content=one[type_]).raise_for_status()
        spent = cpu_seconds(pid) + cpu_seconds(postgres) - before
        released = _execute(url, "SELECT count(*) FROM baseline_drf_inventory WHERE state = 'released'")
    return spent / lists, int(released[0][0])

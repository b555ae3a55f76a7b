"""The measurement: sets received over HTTP by a whole running portal, until every list is released."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlparse

import httpx
import psycopg2

from bench import clock, copy_floor
from local import env
from local.paths import VAR

Figure = tuple[str, float | None, str, str]
PATIENCE = 420
SENDERS = {"CEB311": "a", "CEB411": "c", "CEB511": "d", "CEB621": "g"}


def _client(url: str, key: str) -> httpx.Client:
    from portal.demo import secret_of

    name = f"demo-{key}"
    given = {"grant_type": "client_credentials", "client_id": name, "client_secret": secret_of(name)}
    token = httpx.post(f"{url}/identity/o/api/token", data=given).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/xml"}
    return httpx.Client(base_url=url, headers=headers, timeout=60)


def _pid_listening(port: int) -> int:
    """The broker by its port on its command line."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes()
        except OSError:
            continue
        if b"valkey-server" in words and str(port).encode() in words:
            return int(path.parent.name)
    return 0


def _released(url: str) -> int:
    connection = psycopg2.connect(url)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM customs_inventory WHERE state = 'released'")
        row = cursor.fetchone()
    connection.close()
    return int(row[0]) if row else 0


def values_url(values: Mapping[str, str]) -> str:
    """The database server of this checkout."""
    return os.environ.get("DATABASE_URL") or values["DATABASE_URL"]


def measure(folder: Path, sets: int, size: int) -> Iterator[Figure]:
    """All figures of one run of `sets` times `size` lists."""
    values = env.load()
    for name, value in values.items():
        os.environ.setdefault(name, value)
    os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
    import django

    django.setup()
    from bench.baseline_drf import measure as baseline
    from bench.generator import document_set, message_set
    from tests.running import running

    machine = clock.machine()
    before = time.process_time()
    documents = [document_set(index, size) for index in range(sets)]
    messages = [message_set(one) for one in documents]
    generator = time.process_time() - before
    lists = sets * size
    with running(folder, name="bench", broker=11) as portal:
        database = portal.environment["DATABASE_URL"]
        programs = {p.name: p.process.pid for p in portal.manager.programs if p.process}
        roots = {
            **programs,
            "postgres": int((VAR / "postgres" / "data" / "postmaster.pid").read_text().split()[0]),
            "broker": _pid_listening(urlparse(portal.environment["REDIS_URL"]).port or 0),
        }
        clients = {type_: _client(portal.url, key) for type_, key in SENDERS.items()}
        begun, started = {n: clock.cpu_seconds(p) for n, p in roots.items()}, time.perf_counter()
        for one in messages:
            for type_, body in one.items():
                answer = clients[type_].post("/api/v1/ceb/messages", content=body)
                if answer.is_error:
                    raise SystemExit(f"{type_} was not taken: {answer.status_code} {answer.text[:500]}")
        while (done := _released(database)) < lists and time.perf_counter() - started < PATIENCE:
            time.sleep(0.5)
        wall = time.perf_counter() - started
        spent = {n: clock.cpu_seconds(p) - begun[n] for n, p in roots.items()}
        if done < lists:
            yield (
                "lists_released",
                done,
                "",
                f"of {lists} after {wall:.0f} s: the figures below are of an unfinished run",
            )
        counted = max(done, 1)
        yield from _figures(counted, wall, spent, generator / lists, machine)
        floor = copy_floor.measure(database, roots["postgres"], counted)
    ours = sum(v for n, v in spent.items() if n != "agencies") / counted
    detail = (
        f"our processor time over bare COPY of the same rows into five tables ({floor * 1e6:.0f} us a list)"
    )
    yield "ratio_to_copy_floor", round(ours / floor, 1) if floor else None, "", detail
    # After the portal has stopped: the peer has the machine to itself, as the portal had.
    peer, peers = baseline.measure(values_url(values), roots["postgres"], documents)
    detail = (
        f"processor time of a plain ModelSerializer implementation, which does less, over ours"
        f" ({peer * 1e6:.0f} us a list, {peers} of {lists} released)"
    )
    yield "ratio_to_drf_baseline", round(peer / ours, 2) if peers == lists else None, "", detail


def _figures(
    lists: int, wall: float, spent: dict[str, float], generator: float, machine: str
) -> Iterator[Figure]:
    ours = {name: seconds for name, seconds in spent.items() if name != "agencies"}
    told = ", ".join(f"{name} {seconds / lists * 1e6:.0f}" for name, seconds in sorted(ours.items()))
    yield (
        "lists_per_s",
        round(lists / wall, 1),
        "1/s",
        f"{lists} two-line lists, end to end to 800, agency on the same cores; {machine}",
    )
    yield "cpu_us_per_list", round(sum(ours.values()) / lists * 1e6), "us", f"user and system time: {told}"
    yield (
        "cpu_us_per_list_agency",
        round(spent["agencies"] / lists * 1e6),
        "us",
        "the stub that plays customs, not ours",
    )
    yield (
        "cpu_us_per_list_generator",
        round(generator * 1e6),
        "us",
        "writing and signing, before the measurement",
    )

"""The portal under measurement: its processes, its doors, what they have spent."""

from __future__ import annotations

import json
import sqlite3
import sys
import urllib.parse
import urllib.request
from dataclasses import dataclass
from urllib.parse import urlparse

from bench import clock
from bench.sender import TYPES
from customs.demo.wire import SENDERS
from local.postgres import Postgres
from local.valkey import Valkey
from tests.running import Running

AGENCY = "agencies"  # the one process that is not ours


def say(text: str) -> None:
    """What is going on, beside the figures."""
    print(text, file=sys.stderr, flush=True)


@dataclass(frozen=True, slots=True)
class Stage:
    """A running portal and where its processes begin."""

    portal: Running

    def roots(self) -> dict[str, int]:
        """The first process of every program, database and broker included."""
        found = {p.name: p.process.pid for p in self.portal.manager.programs if p.process}
        return found | {"postgres": Postgres().pid() or 0, "broker": Valkey().pid() or 0}

    def spent(self) -> dict[str, float]:
        """Processor seconds of each program so far."""
        return {name: clock.cpu_seconds(pid) for name, pid in self.roots().items() if pid}

    def peaks(self) -> dict[str, list[int]]:
        """Peak resident memory of each process of a program, in KiB, largest first."""
        found = {name: clock.peaks(pid) for name, pid in self.roots().items() if pid}
        return {name: sorted(peaks, reverse=True) for name, peaks in found.items()}

    def kept_waiting(self) -> int:
        """Lists that reached customs before one of their documents did."""
        store = sqlite3.connect(f"file:{self.portal.environment['AGENCIES_STORE']}?mode=ro", uri=True)
        try:
            sql = "SELECT count(*) FROM documents WHERE kind = 'list' AND tries > 0"
            return int(store.execute(sql).fetchone()[0])
        finally:
            store.close()

    def token(self, client: str) -> str:
        """A token of one of the demonstration's machine clients."""
        from portal.demo import secret_of

        given = {
            "grant_type": "client_credentials",
            "client_id": client,
            "client_secret": secret_of(client),
        }
        url = f"{self.portal.url}/identity/o/api/token"
        with urllib.request.urlopen(url, urllib.parse.urlencode(given).encode(), timeout=20) as answer:
            return str(json.loads(answer.read())["access_token"])

    def tokens(self) -> dict[str, str]:
        """Of the sender of each type."""
        return {type_: self.token(f"demo-{SENDERS[type_].lower()}") for type_ in TYPES}

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        parts = urlparse(self.portal.url)
        return str(parts.hostname), int(parts.port or 0)

"""PostgreSQL's share: a sample of its statements from its own log, and what its counters say of a stretch of time.

The server comes without pg_stat_statements, so every tenth statement is logged with its duration for some seconds.
Durations include waiting: two statements at once on two cores may well add up to more than the stretch.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from pathlib import Path
from types import TracebackType

import psycopg2
from django.conf import settings

from bench.ledger import rows
from local.postgres import Postgres

SHARE = 0.1  # of all statements
SHOWN = 40
MARK = "bench-statement"
_SETTINGS = {
    "log_line_prefix": f"'{MARK} %d '",
    "log_min_duration_sample": "0",
    "log_statement_sample_rate": str(SHARE),
    "log_parameter_max_length": "0",
}
_ENTRY = re.compile(
    rf"{MARK} (?P<base>\S+) LOG:\s+duration: (?P<ms>[0-9.]+) ms\s+(?:statement|execute [^:]*): (?P<sql>.*?)"
    rf"(?={MARK} |\Z)",
    re.S,
)
SEEN = 0.0005  # rows or scans a list below which a table is not shown
_TABLE_ROW = "{:32} {:8.3f} {:8.3f} ({:.3f}) {:8.3f} | {:8.4f} ({:.1f}) {:8.3f}"
_NOISE = ((r"'(?:[^']|'')*'", "?"), (r"\b\d+(\.\d+)?\b", "?"), (r"\s+", " "), (r"(\?, ?)+\?", "?…"))
_NOISE_ROWS = ((r"(\([^()]*\), ?)+(\([^()]*\))", r"\2…"), (r"ARRAY\[[^\]]*\]", "ARRAY[…]"))
_TABLES = """
SELECT regexp_replace(relname, '_\\d{4}_\\d\\d$', ''), sum(n_tup_ins), sum(n_tup_upd), sum(n_tup_hot_upd),
  sum(n_tup_del), sum(seq_scan), sum(seq_tup_read), sum(coalesce(idx_scan, 0)) FROM pg_stat_user_tables GROUP BY 1
"""
_WHOLE = """
SELECT xact_commit + xact_rollback, blks_read, blks_hit FROM pg_stat_database WHERE datname = current_database()
"""


def plain(sql: str) -> str:
    """A statement without its values."""
    for pattern, other in (*_NOISE, *_NOISE_ROWS):
        sql = re.sub(pattern, other, sql)
    return sql.strip()


def _settle(sql: list[str]) -> None:
    connection = psycopg2.connect(os.environ["DATABASE_URL"])
    connection.autocommit = True
    with connection.cursor() as cursor:
        for one in [*sql, "SELECT pg_reload_conf()"]:
            cursor.execute(one)
    connection.close()


class Statements:
    """`with Statements(folder) as s: …; s.write()`."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.log = folder, Postgres().log
        self.at = 0
        self.why = ""

    def __enter__(self) -> Statements:
        try:
            self.at = self.log.stat().st_size
            self.before = self._counters()
            _settle([f"ALTER SYSTEM SET {name} = {value}" for name, value in _SETTINGS.items()])
        except (OSError, psycopg2.Error) as error:
            self.why = f"The statements could not be logged: {error}"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self.why:
            _settle([f"ALTER SYSTEM RESET {name}" for name in _SETTINGS])
            self.after = self._counters()

    def _counters(self) -> dict[str, tuple[float, ...]]:
        counted = {str(name): tuple(map(float, values)) for name, *values in rows(_TABLES)}
        wal = rows("SELECT wal_bytes, wal_records FROM pg_stat_wal")[0]
        lists = rows("SELECT count(*) FROM customs_inventory WHERE state = 'released'")[0]
        whole = rows(_WHOLE)[0]
        return counted | {"": tuple(float(one) for one in (*wal, *lists, *whole))}

    def write(self) -> None:
        """`profile-postgres.txt`."""
        text = self.why or "\n".join([*self._told_by_counters(), *self._told_by_log()])
        (self.folder / "profile-postgres.txt").write_text(text + "\n")

    def _told_by_counters(self) -> list[str]:
        wal, records, lists, commits, read, hit = (
            b - a for a, b in zip(self.before[""], self.after[""], strict=True)
        )
        each = max(lists, 1.0)
        told = [
            f"{lists:.0f} lists released meanwhile. A list: {wal / each:.0f} bytes of WAL, {records / each:.1f}"
            f" WAL records, {commits / each:.3f} transactions, {hit / each:.0f} blocks found, {read / each:.2f} read",
            "",
            "Rows a list:  inserted  updated (hot)  deleted | scans: whole (rows read)  by index",
        ]
        for name, after in sorted(self.after.items()):
            before = self.before.get(name, (0.0,) * len(after))
            if not name:
                continue
            changes = [(b - a) / each for a, b in zip(before, after, strict=True)]
            if max(changes) > SEEN:
                told.append(_TABLE_ROW.format(name, *changes))
        return told

    def _told_by_log(self) -> list[str]:
        with self.log.open("rb") as log:
            log.seek(self.at)
            text = log.read().decode(errors="replace")
        os.truncate(self.log, self.at)  # the server's log is not the place for what was asked for once
        base = settings.DATABASES["default"]["NAME"]
        spent: defaultdict[str, float] = defaultdict(float)
        times: defaultdict[str, int] = defaultdict(int)
        for entry in _ENTRY.finditer(text):
            if entry["base"] == base:
                sql = plain(entry["sql"])[:400]
                spent[sql] += float(entry["ms"])
                times[sql] += 1
        total = sum(spent.values()) or 1.0
        head = f"Statements, a sample of {SHARE:.0%}: share of their time, milliseconds each, how many"
        told = [
            f"{ms / total:6.1%} {ms / times[sql]:9.2f} {times[sql]:6}  {sql}"
            for sql, ms in sorted(spent.items(), key=lambda one: -one[1])[:SHOWN]
        ]
        return ["", head, *told]

"""Growth: the tables filled with the run's own lists many times over, a month further back with every share.

Whatever the run wrote is copied, table by table as the catalogue knows them, so that a table that comes tomorrow grows
too: keys and moments are moved into the past, numbers get another beginning, and nothing else changes. The trail and
the buyers' yearly use stay as they are.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import IntegrityError, connection, transaction

from bench.ledger import Ledger, rows
from customs.partitions import create_partitions

DAYS = 300  # so far back the oldest copies lie
MOST = 999  # copies: three digits of a number tell them apart
TABLES = """
SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
AND NOT c.relispartition AND (c.relname LIKE 'customs\\_%' OR c.relname LIKE 'submissions\\_%') ORDER BY 1
"""
COLUMNS = """
SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s
AND is_identity = 'NO' AND is_generated = 'NEVER' AND coalesce(column_default, '') NOT LIKE 'nextval%%'
ORDER BY ordinal_position
"""
# Moves a key of version 7 so many milliseconds into the past.
SHIFT = """
CREATE OR REPLACE FUNCTION bench_earlier(key uuid, ms bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
  SELECT (lpad(to_hex(('x' || lpad(left(replace(key::text, '-', ''), 12), 16, '0'))::bit(64)::bigint - ms), 12, '0')
    || substr(replace(key::text, '-', ''), 13))::uuid $$
"""
TEXT = ("character varying", "text")
NUMBERS = frozenset({"order_no", "logistics_no", "cop_no", "pay_transaction_id", "number", "title", "guid"})
GUID = "'^[0-9A-F]{8}-'"
NEVER = frozenset({"customs_yearlyuse"})


def _text(column: str, value: str) -> str:
    """Numbers that may stand only once get another beginning or end."""
    if column in ("reference", "message_id"):
        return f"{value} || '-' || k.k"
    if column not in NUMBERS:
        return value
    guid = f"overlay({value} placing lpad(to_hex(k.k), 8, '0') from 1 for 8)"
    other = f"replace({value}, 'B000', 'B' || lpad(k.k::text, 3, '0'))"
    return f"CASE WHEN {value} ~ {GUID} THEN {guid} ELSE {other} END"


@dataclass(frozen=True, slots=True)
class Table:
    """One table to be filled: its columns with their types, and the one by which the run's rows are known."""

    name: str
    columns: tuple[tuple[str, str], ...]

    @property
    def key(self) -> str | None:
        """`id` when that is time-ordered, else the first such column."""
        keys = [name for name, type_ in self.columns if type_ == "uuid"]
        return "id" if "id" in keys else next(iter(keys), None)

    def expression(self, column: str, type_: str) -> str:
        """The copy's value."""
        value = f'b."{column}"'
        if type_ == "uuid":
            return f"bench_earlier({value}, k.ms)"
        if type_ == "timestamp with time zone":
            return f"{value} - make_interval(secs => k.ms / 1000.0)"
        if column == "year":  # what was counted against a limit was counted in the year before
            return f"{value} - 1"
        return _text(column, value) if type_ in TEXT else value

    @property
    def names(self) -> str:
        """Its columns."""
        return ", ".join(f'"{name}"' for name, _type in self.columns)

    @property
    def base(self) -> str:
        """The run's rows, set aside."""
        return f"growth_{self.name}"

    def set_aside(self, ledger: Ledger) -> bool:
        """Keep the run's rows to copy from; False: there are none."""
        sql = f'CREATE TABLE {self.base} AS SELECT {self.names} FROM {self.name} WHERE "{self.key}" >= %s'
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {self.base}")
            cursor.execute(sql, [ledger.since])
        return bool(rows(f"SELECT 1 FROM {self.base} LIMIT 1"))

    def copy(self, number: int, ms: int) -> int:
        """Write one copy; how many rows."""
        values = ", ".join(self.expression(*column) for column in self.columns)
        sql = f"INSERT INTO {self.name} ({self.names}) SELECT {values} FROM {self.base} b,"
        with connection.cursor() as cursor:
            cursor.execute(f"{sql} (SELECT %s::int AS k, %s::bigint AS ms) k", [number, ms])
            return int(cursor.rowcount)


def tables(ledger: Ledger) -> list[Table]:
    """All that the run has written to, with its rows set aside."""
    found = []
    for (name,) in rows(TABLES):
        table = Table(name, tuple((column, type_) for column, type_ in rows(COLUMNS, name)))
        if table.key and name not in NEVER and table.set_aside(ledger):
            found.append(table)
    return found


class Growing:
    """Fills the tables step by step from the lists of one run."""

    def __init__(self, ledger: Ledger) -> None:
        with connection.cursor() as cursor:
            cursor.execute(SHIFT)
        for month in range(1, DAYS // 30 + 2):
            create_partitions(datetime.now(UTC) - timedelta(days=30 * month))
        self.tables = tables(ledger)
        self.each = int(rows("SELECT count(*) FROM growth_customs_inventory")[0][0])
        self.left_out: list[str] = []
        self.copies = 0
        self.bytes_each = max(1, size() // max(1, self.each))  # of the database a list: more than the truth

    @property
    def lists(self) -> int:
        """So many were added so far."""
        return self.copies * self.each

    def grow(self, lists: int) -> Iterator[float]:
        """Copies until so many lists were added; after each the share that is done."""
        wanted = min(MOST, -(-lists // self.each))
        begun = self.copies
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")  # no keys to other tables are looked up
            cursor.execute("SET synchronous_commit = off")
        while self.copies < wanted:
            self.copies += 1
            back = timedelta(days=1 + (self.copies * 7919 % MOST) * (DAYS - 1) / MOST)
            self._copy(int(back.total_seconds() * 1000))
            yield (self.copies - begun) / (wanted - begun)
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = origin")
            cursor.execute("RESET synchronous_commit")
            cursor.execute("VACUUM (ANALYZE)")
            cursor.execute("CHECKPOINT")

    def _copy(self, ms: int) -> None:
        """One copy of everything; a table whose rows cannot stand twice (papers have a code) is left out."""
        for table in list(self.tables):
            try:
                with transaction.atomic():
                    table.copy(self.copies, ms)
            except IntegrityError:
                self.tables.remove(table)
                self.left_out.append(table.name)


def size() -> int:
    """Bytes of the database."""
    return int(rows("SELECT pg_database_size(current_database())")[0][0])


def drop_oldest() -> tuple[float, int, str]:
    """Retention: the oldest month of every partitioned table leaves; seconds, rows of lists, its name."""
    (month,) = rows(
        "SELECT min(right(relname, 7)) FROM pg_class WHERE relispartition AND relkind = 'r'"
        " AND relname LIKE 'customs\\_inventory\\_____\\___' AND pg_relation_size(oid) > 0"
    )[0]
    gone = int(rows(f"SELECT count(*) FROM customs_inventory_{month}")[0][0])
    found = rows(
        "SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r' AND relname LIKE %s",
        f"%\\_{month}",
    )
    begun = time.monotonic()
    with connection.cursor() as cursor:
        for (name,) in found:
            cursor.execute(f"DROP TABLE {name}")
    return time.monotonic() - begun, gone, month

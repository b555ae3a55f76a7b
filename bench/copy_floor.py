"""The floor: the very rows of the run, by bare COPY into tables without keys or indexes."""

from __future__ import annotations

import io
import time

import psycopg2

from bench.clock import cpu_seconds

# Rows of each for one list.
TABLES = {
    "customs_order": 1, "customs_payment": 1, "customs_waybill": 1, "customs_inventory": 1,
    "customs_inventoryline": 2,
}  # fmt: skip
MOST = 2000  # lists whose rows are taken
ROWS = 40_000  # lists copied in all: one round of few lists is shorter than a tick of the clock


def measure(url: str, postgres: int, lists: int) -> float:
    """Processor seconds of server and client a list."""
    connection = psycopg2.connect(url)
    connection.autocommit = True
    taken = min(lists, MOST)
    rounds = max(1, ROWS // taken)
    with connection.cursor() as cursor:
        bodies = {}
        for table, each in TABLES.items():
            cursor.execute(f"CREATE TABLE floor_{table} AS SELECT * FROM {table} WITH NO DATA")
            rows = io.StringIO()
            cursor.copy_expert(f"COPY (SELECT * FROM {table} LIMIT {taken * each}) TO STDOUT", rows)
            bodies[table] = rows.getvalue()
        before = cpu_seconds(postgres) + time.process_time()
        for _round in range(rounds):
            for table, body in bodies.items():
                cursor.copy_expert(f"COPY floor_{table} FROM STDIN", io.StringIO(body))
        after = cpu_seconds(postgres) + time.process_time()
    connection.close()
    return (after - before) / rounds / taken

"""The floor: the very rows of the run, by bare COPY into tables without keys or indexes."""

from __future__ import annotations

import io
import time

import psycopg2

from bench.clock import cpu_seconds

TABLES = ("customs_order", "customs_payment", "customs_waybill", "customs_inventory", "customs_inventoryline")


def measure(url: str, postgres: int, lists: int, *, rounds: int = 20) -> float:
    """Processor seconds of server and client a list; `rounds` times, since one round is shorter than a tick."""
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        bodies = {}
        for table in TABLES:
            cursor.execute(f"CREATE TABLE floor_{table} AS SELECT * FROM {table} WITH NO DATA")
            taken = io.StringIO()
            cursor.copy_expert(f"COPY (SELECT * FROM {table}) TO STDOUT", taken)
            bodies[table] = taken.getvalue()
        before = cpu_seconds(postgres) + time.process_time()
        for _round in range(rounds):
            for table, body in bodies.items():
                cursor.copy_expert(f"COPY floor_{table} FROM STDIN", io.StringIO(body))
        after = cpu_seconds(postgres) + time.process_time()
    connection.close()
    return (after - before) / rounds / lists

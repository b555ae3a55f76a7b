"""Monthly partitions by time-ordered key, created ahead; retention drops partitions, not rows."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db import connection, migrations

TABLES = (
    "customs_order",
    "customs_orderline",
    "customs_payment",
    "customs_waybill",
    "customs_inventory",
    "customs_inventoryline",
    "customs_taxworking",
    "customs_arrival",
    "customs_arrivalline",
    "customs_collection",
    "customs_departure",
    "customs_departureline",
    "customs_exportlist",
    "customs_exportlistline",
    "customs_exportorder",
    "customs_exportorderline",
    "customs_exportwaybill",
    "customs_manifest",
    "customs_manifestline",
)
AHEAD = 3  # months
# A document is rewritten a few times in its first hours: room is left on its page, so that the new row stands beside
# the old one and no index has to learn of it.
ROOM = "fillfactor = 60"


class CreatePartitionedModel(migrations.CreateModel):
    """CreateModel whose table is `PARTITION BY RANGE (id)`."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Create the parent table; `create_partitions` makes the months."""
        plain = schema_editor.sql_create_table
        schema_editor.sql_create_table = f"{plain} PARTITION BY RANGE (id)"
        try:
            super().database_forwards(app_label, schema_editor, from_state, to_state)
        finally:
            schema_editor.sql_create_table = plain


def _month(year: int, month: int) -> tuple[int, int]:
    return year + (month - 1) // 12, (month - 1) % 12 + 1


def _bound(year: int, month: int) -> str:
    """Smallest version 7 UUID of the month (UTC)."""
    milliseconds = int(datetime(year, month, 1, tzinfo=UTC).timestamp() * 1000)
    text = f"{milliseconds:012x}"
    return f"{text[:8]}-{text[8:]}-0000-0000-000000000000"


def create_partitions(now: datetime | None = None, ahead: int = AHEAD) -> int:
    """Make the partitions of this month, the one before and `ahead` months to come; the number made."""
    now = now or datetime.now(UTC)
    made = 0
    with connection.cursor() as cursor:
        for offset in range(-1, ahead + 1):
            year, month = _month(now.year, now.month + offset)
            start, end = _bound(year, month), _bound(*_month(year, month + 1))
            for table in TABLES:
                name = f"{table}_{year}_{month:02d}"
                # An early migration makes months while later tables are still to come.
                cursor.execute(
                    "SELECT to_regclass(%s) IS NULL AND to_regclass(%s) IS NOT NULL", [name, table]
                )
                if cursor.fetchone()[0]:
                    cursor.execute(
                        f"CREATE TABLE {name} PARTITION OF {table} FOR VALUES FROM ('{start}') TO ('{end}')"
                        f" WITH ({ROOM})"
                    )
                    made += 1
    return made

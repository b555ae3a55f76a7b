"""What the portal's tables tell of a run: how far it is, when each list was released, whether all is right.

The only place of the measurement that knows tables; everything is asked for lists of this run (`Ledger.since`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from bench.generator import Kind, is_faulty

PREFIX = "HYB"  # of order numbers, see `generator.two_line_sale`
SETTLED = ("released", "returned", "eport_refused", "superseded")
_DOCUMENTS = ("customs_order", "customs_payment", "customs_waybill", "customs_inventory")


@dataclass(frozen=True, slots=True)
class Row:
    """One list as it stands."""

    number: int
    state: str
    since: float  # seconds since 1970
    tax: Decimal | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong; all zero when nothing is."""

    lost: int  # not there, or not where they belong
    doubled: int  # lists, documents, limits or replies twice
    taxes_wrong: int
    states: Mapping[str, int]
    words: str


def rows(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """Of one question."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)
        return list(cursor.fetchall())


class Ledger:
    """The lists declared after it was opened."""

    def __init__(self) -> None:
        # The smallest key of version 7 from now on: partitions and keys before it are not touched.
        ((self.since,),) = rows("SELECT (left(uuidv7()::text, 15) || '000-8000-000000000000')::uuid")

    def decided(self) -> int:
        """Messages of lists about which something is decided: cheap, for the flow."""
        sql = """SELECT count(*) FROM submissions_submission
                 WHERE id >= %s AND kind = 'import-declaration' AND state NOT IN ('draft', 'in_progress')"""
        return int(rows(sql, self.since)[0][0])

    def settled(self) -> int:
        """Lists that have come to their end."""
        sql = "SELECT count(*) FROM customs_inventory WHERE id >= %s AND state = ANY(%s)"
        return int(rows(sql, self.since, list(SETTLED))[0][0])

    def lists(self) -> list[Row]:
        """Every version of every list."""
        sql = """SELECT order_no, state, extract(epoch FROM state_at)::float, tax_total
                 FROM customs_inventory WHERE id >= %s AND order_no LIKE %s"""
        told = rows(sql, self.since, f"{PREFIX}%")
        return [Row(int(number[len(PREFIX) :]), state, at, tax) for number, state, at, tax in told]

    def _doubled(self, begun: int) -> dict[str, int]:
        """More of something than there may be."""
        found = {}
        for table in _DOCUMENTS:
            sql = f"SELECT count(*) FROM {table} WHERE id >= %s AND order_no LIKE %s"
            found[table] = int(rows(sql, self.since, f"{PREFIX}%")[0][0]) - begun
        found["limits"] = int(rows(_LIMITS)[0][0])
        found["replies"] = int(rows(_REPLIES, self.since)[0][0])
        found["messages sent"] = int(rows(_SENT, self.since)[0][0])
        return {name: number for name, number in found.items() if number > 0}

    def check(self, kind: Kind, begun: Iterable[int], expected: Mapping[int, Decimal]) -> Verdict:
        """Every list that was begun stands once, at its end, with its tax; nothing was counted or said twice."""
        numbers = set(begun)
        found = self.lists()
        ends = {number: "returned" if is_faulty(number, kind) else "released" for number in numbers}
        right = {row.number for row in found if row.state == ends.get(row.number)}
        wrong = [row.number for row in found if row.tax != expected.get(row.number)]
        doubled = self._doubled(len(numbers))
        words = "; ".join(
            [f"not at their end, for example: {sorted(numbers - right)[:5]}"] * bool(numbers - right)
            + [f"wrong taxes, for example: {wrong[:5]}"] * bool(wrong)
            + [f"{name}: {number} too many" for name, number in doubled.items()]
        )
        states = Counter(row.state for row in found)
        return Verdict(len(numbers - right), sum(doubled.values()), len(wrong), states, words)


# Buyers whose yearly use is not the sum of their lists.
_LIMITS = """
SELECT count(*) FROM customs_yearlyuse u JOIN (
  SELECT buyer_id_hash, year, sum(amount) FILTER (WHERE given_back_at IS NULL) AS amount
  FROM customs_limitentry GROUP BY 1, 2) e USING (buyer_id_hash, year)
WHERE u.used <> COALESCE(e.amount, 0)
"""
# Replies that were applied twice to one document.
_REPLIES = """
SELECT count(*) FROM (
  SELECT 1 FROM customs_customsreply WHERE id >= %s AND outcome = 'applied'
  GROUP BY document_id, status, return_time HAVING count(*) > 1) twice
"""
# Messages that went to customs under more than one key.
_SENT = """
SELECT count(*) FROM (
  SELECT 1 FROM submissions_dispatch d JOIN submissions_referral r ON r.id = d.referral_id
  WHERE d.id >= %s AND d.state = 'sent' GROUP BY r.id, d.what HAVING count(*) > 1) twice
"""

"""The yearly limit as we count it: an estimate, customs holds the count (rules R1.10, R13.13).

A buyer's row of the year is locked before anything is decided on it, until the transaction ends: two lists
of one buyer are decided one after the other, however many workers there are. Rows are locked in the order of
their keys, so that two sets never wait for each other in a circle.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from customs.models import YearlyUse
from reference.sets import array, query, values

ZERO = Decimal("0.00")


class Key(NamedTuple):
    """One buyer's one year."""

    buyer_id_hash: bytes
    year: int


class Share(NamedTuple):
    """What one inventory list takes of it, in CNY."""

    inventory_id: UUID
    key: Key
    amount: Decimal


def used(buyer_id_hash: bytes, year: int) -> Decimal:
    """What is counted at this moment."""
    row = YearlyUse.objects.filter(buyer_id_hash=buyer_id_hash, year=year).first()
    return row.used if row else ZERO


def lock(keys: Iterable[Key]) -> dict[Key, Decimal]:
    """Lock the rows until the transaction ends; what each has used by now."""
    wanted = sorted(set(keys))
    if not wanted:
        return {}
    values(
        "INSERT INTO customs_yearlyuse (buyer_id_hash, year, used) {values} ON CONFLICT DO NOTHING",
        [(*key, ZERO) for key in wanted],
    )
    found = values(
        "SELECT u.buyer_id_hash, u.year, u.used FROM customs_yearlyuse u JOIN ({values}) AS k(hash, year)"
        " ON u.buyer_id_hash = k.hash AND u.year = k.year ORDER BY u.buyer_id_hash, u.year FOR UPDATE OF u",
        wanted,
        template="(%s::bytea, %s::smallint)",
    )
    return {Key(bytes(hash_), year): amount for hash_, year, amount in found}


def shares(inventory_ids: Sequence[UUID]) -> dict[UUID, Share]:
    """What these lists have counted and not given back."""
    found = query(
        "SELECT inventory_id, buyer_id_hash, year, amount FROM customs_limitentry"
        " WHERE inventory_id = ANY(%s) AND given_back_at IS NULL",
        [list(inventory_ids)],
    )
    return {
        row["inventory_id"]: Share(
            row["inventory_id"], Key(bytes(row["buyer_id_hash"]), row["year"]), row["amount"]
        )
        for row in found
    }


def count(new: Sequence[Share]) -> None:
    """Count the shares; the caller has locked their keys. None is counted twice."""
    counted = values(
        "INSERT INTO customs_limitentry (inventory_id, buyer_id_hash, year, amount) {values}"
        " ON CONFLICT DO NOTHING RETURNING buyer_id_hash, year, amount",
        [(share.inventory_id, *share.key, share.amount) for share in new],
        template="(%s::uuid, %s::bytea, %s::smallint, %s::numeric)",
    )
    _add(_sums((Key(bytes(hash_), year), amount) for hash_, year, amount in counted))


def give_back(inventory_ids: Iterable[UUID], *, again: Iterable[UUID] = ()) -> int:
    """Give back what these lists had counted, once: they were returned or replaced. The number of lists.

    `again`: lists that go on after all (released although returned, or sent anew); what they gave back counts
    as before.
    """
    ids, others = list(inventory_ids), _gave_back(list(again))
    if not ids and not others:
        return 0
    lock(_keys([*ids, *others]))
    back = _turn("given_back_at = now()", "given_back_at IS NULL", ids)
    more = _turn("given_back_at = NULL", "given_back_at IS NOT NULL", others)
    _add(_sums([*((key, -amount) for key, amount in back), *more]))
    return len(back)


def _gave_back(inventory_ids: Sequence[UUID]) -> list[UUID]:
    """Those of the lists that gave back what they had counted: hardly ever one. The caller has locked the lists."""
    if not inventory_ids:
        return []
    found = query(
        "SELECT inventory_id FROM customs_limitentry"
        " WHERE inventory_id = ANY(%s::uuid[]) AND given_back_at IS NOT NULL",
        [array(inventory_ids)],
    )
    return [row["inventory_id"] for row in found]


def _keys(inventory_ids: Sequence[UUID]) -> list[Key]:
    found = query(
        "SELECT DISTINCT buyer_id_hash, year FROM customs_limitentry WHERE inventory_id = ANY(%s)",
        [list(inventory_ids)],
    )
    return [Key(bytes(row["buyer_id_hash"]), row["year"]) for row in found]


def _turn(change: str, where: str, inventory_ids: Sequence[UUID]) -> list[tuple[Key, Decimal]]:
    if not inventory_ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE customs_limitentry SET {change} WHERE inventory_id = ANY(%s) AND {where}"  # noqa: S608
            " RETURNING buyer_id_hash, year, amount",
            [list(inventory_ids)],
        )
        return [(Key(bytes(hash_), year), amount) for hash_, year, amount in cursor.fetchall()]


def _sums(parts: Iterable[tuple[Key, Decimal]]) -> dict[Key, Decimal]:
    sums: dict[Key, Decimal] = defaultdict(Decimal)
    for key, amount in parts:
        sums[key] += amount
    return sums


def _add(sums: Mapping[Key, Decimal]) -> None:
    values(
        "UPDATE customs_yearlyuse u SET used = u.used + v.amount FROM ({values}) AS v(hash, year, amount)"
        " WHERE u.buyer_id_hash = v.hash AND u.year = v.year",
        [(*key, amount) for key, amount in sorted(sums.items())],
        template="(%s::bytea, %s::smallint, %s::numeric)",
    )

"""The rows of the library: found by their hashes, made when missing, renewed when no longer valid. Sets at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, cast

from django.db import connection, transaction
from django.utils import timezone

from accounts.personal import keyed_hash, mask_name, mask_number, seal_fields, unseal_fields
from identity import settings
from identity.lifecycle import VERIFICATION
from identity.models import SETTLED, Verification, VerificationState
from identity.rules import Outcome, route, tidy_name, tidy_number
from reference.keys import uuid7
from submissions.lifecycle import advance
from trail.actors import Actor

SET = 1000  # rows in one statement


class Key(NamedTuple):
    """By which a pair is found; the same hashes as in the documents of customs."""

    number_hash: bytes
    name_hash: bytes


@dataclass(frozen=True, slots=True)
class Pair:
    """A name and an identity number in clear, tidied; never logged (`repr` shows neither)."""

    name: str
    number: str

    @classmethod
    def of(cls, name: str, number: str) -> Pair:
        """From what somebody typed or sent."""
        return cls(tidy_name(name), tidy_number(number))

    @property
    def key(self) -> Key:
        """The hashes."""
        return Key(keyed_hash(self.number), keyed_hash(self.name))

    def __repr__(self) -> str:
        return f"Pair({mask_name(self.name)}, {mask_number(self.number)})"


@dataclass(frozen=True, slots=True)
class Result:
    """What is known of a pair: outcome, which agency said so and when. "unavailable" means pending, never passed."""

    outcome: Outcome
    source: str = ""
    at: datetime | None = None


UNAVAILABLE = Result("unavailable")


def result_of(row: Verification, now: datetime) -> Result:
    """What that row is worth now."""
    if row.state not in SETTLED or row.valid_until is None or row.valid_until <= now:
        return UNAVAILABLE
    return Result(cast(Outcome, row.state), row.source, row.answered_at)


def find(keys: Iterable[Key]) -> dict[Key, Verification]:
    """The rows of these pairs, as far as there are any."""
    wanted = set(keys)
    numbers = sorted({key.number_hash for key in wanted})
    found: dict[Key, Verification] = {}
    for start in range(0, len(numbers), SET):
        for row in Verification.objects.filter(number_hash__in=numbers[start : start + SET]):
            key = Key(bytes(row.number_hash), bytes(row.name_hash))
            if key in wanted:
                found[key] = row
    return found


def ensure(pairs: Sequence[Pair], *, by: Actor, priority: int) -> dict[Key, Verification]:
    """A row for each well-formed pair: the one that is there, or a new one, queued; an expired one queued anew."""
    now = timezone.now()
    by_key = {pair.key: pair for pair in pairs}
    with transaction.atomic():
        found = find(by_key)
        missing = sorted(by_key.keys() - found.keys())
        if missing:
            _add([by_key[key] for key in missing], by=by, priority=priority, now=now)
            found |= find(missing)
        _renew({key: row for key, row in found.items() if _expired(row, now)}, by_key, by=by, now=now)
        _use(found.values(), priority, now)
    return found


def _expired(row: Verification, now: datetime) -> bool:
    return row.valid_until is not None and row.valid_until <= now


_INSERT = """
INSERT INTO identity_verification (id, number_hash, name_hash, sealed, name_masked, number_masked, agency, priority,
                                   due_at, used_on, state, source, tries, failure)
SELECT n.*, %s::smallint, %s::timestamptz, %s::date, 'pending', '', 0, '' FROM unnest(
  %s::uuid[], %s::bytea[], %s::bytea[], %s::bytea[], %s::varchar[], %s::varchar[], %s::varchar[]) AS n
ON CONFLICT DO NOTHING
"""


def _add(pairs: Sequence[Pair], *, by: Actor, priority: int, now: datetime) -> None:
    """Rows that somebody else has just made stay theirs. One statement a set: thousands come at once."""
    VERIFICATION.step("queue", by)
    day = timezone.localdate(now)
    prefix = settings.local_prefix(day)
    with connection.cursor() as cursor:
        for start in range(0, len(pairs), SET):
            rows = [_row(pair, prefix) for pair in pairs[start : start + SET]]
            columns = [list(column) for column in zip(*rows, strict=True)]
            cursor.execute(_INSERT, [priority, now, day, *columns])


def _row(pair: Pair, prefix: str) -> tuple[object, ...]:
    key, found = uuid7(), pair.key
    return (
        str(key),
        found.number_hash,
        found.name_hash,
        seal_fields({"name": pair.name, "number": pair.number}, context=f"verification:{key}"),
        mask_name(pair.name)[:60],
        mask_number(pair.number),
        route(pair.number, prefix)[0],
    )


def _renew(
    expired: Mapping[Key, Verification], pairs: Mapping[Key, Pair], *, by: Actor, now: datetime
) -> None:
    prefix = settings.local_prefix(timezone.localdate(now))
    for key, row in expired.items():
        first = route(pairs[key].number, prefix)[0]
        changes = {
            "agency": first, "source": "", "answered_at": None, "valid_until": None, "tries": 0, "due_at": now,
        }  # fmt: skip
        if advance(VERIFICATION, [row.pk], "renew", by=by, changes=changes):
            row.state, row.agency, row.source = VerificationState.PENDING, first, ""
            row.answered_at = row.valid_until = None


def _use(rows: Iterable[Verification], priority: int, now: datetime) -> None:
    """Remember that they are still wanted, and let those come sooner that somebody waits for."""
    keys = [row.pk for row in rows]
    day = timezone.localdate(now)
    for start in range(0, len(keys), SET):
        some = Verification.objects.filter(pk__in=keys[start : start + SET])
        some.filter(used_on__lt=day).update(used_on=day)
        some.filter(priority__gt=priority, state=VerificationState.PENDING).update(priority=priority)


def open_pair(row: Verification) -> Pair:
    """The two elements in clear, to ask an agency with. Showing them to a person needs a look (`looks.record`)."""
    fields = unseal_fields(row.sealed, context=f"verification:{row.pk}")
    return Pair(fields["name"], fields["number"])


__all__ = ["UNAVAILABLE", "Key", "Pair", "Result", "ensure", "find", "open_pair", "result_of"]

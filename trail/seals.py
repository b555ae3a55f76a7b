"""The hash chain over the trail: rows are sealed in batches by a job, never in the write path.

A seal covers a run of rows by number. For each row it keeps number and SHA-256 of the row's canonical JSON (a
leaf); its own digest is SHA-256 over the seal before it and its leaves. So one changed byte names its row, a
missing or added row is named as well, and a changed leaf breaks the chain from there on. The latest digest is
logged at every sealing: kept elsewhere, it shows whether the whole chain was written anew (`verify(head=…)`).

Row numbers are given out before their transactions commit, so a lower number may appear after a higher one.
Before sealing up to a number, the job therefore waits for the transactions that were writing to the trail
when that number had been given out. They are known by their table lock, which PostgreSQL takes before it
draws the number. If one takes too long, the next run seals.
"""

from __future__ import annotations

import hashlib
import json
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC

import structlog
from django.db import connection, transaction

from trail.models import Entry, Seal

log = structlog.get_logger(__name__)

GENESIS = "0" * 64
LEAF = struct.Struct(">q32s")
BATCH = 10_000
# Advisory lock of the only sealer; any number nobody else uses.
LOCK = 7_203_401
_PAUSE = 0.1


@dataclass(frozen=True, slots=True)
class Finding:
    """The first thing wrong: the row (0: a whole seal) and what happened to it."""

    seal_id: int
    entry_id: int
    fault: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification found; `head` is the digest of the last seal."""

    seals: int
    rows: int
    head: str
    finding: Finding | None = None


def leaf(entry: Entry) -> bytes:
    """Number and hash of one row; every column counts."""
    row = {
        field.attname: getattr(entry, field.attname)
        for field in Entry._meta.concrete_fields
        if field.attname != "at"
    }
    row["at"] = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    canonical = json.dumps(row, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return LEAF.pack(entry.pk, hashlib.sha256(canonical.encode()).digest())


def digest_of(previous: str, leaves: bytes) -> str:
    """The digest of a seal."""
    return hashlib.sha256(bytes.fromhex(previous) + leaves).hexdigest()


def seal(*, wait: float = 20.0, batch: int = BATCH) -> int:
    """Seal what is new; how many rows were sealed. 0 as well when a writer outlasts `wait` seconds.

    Call it outside any transaction: it would wait for its own.
    """
    if connection.in_atomic_block:
        raise transaction.TransactionManagementError("the trail is sealed outside transactions")
    upto = _settled_number(wait)
    if upto is None:
        log.warning("trail.seal_postponed", reason="a writer is not done")
        return 0
    sealed = 0
    while rows := _seal_batch(upto, batch):
        sealed += rows
    return sealed


def _settled_number(wait: float) -> int | None:
    """A number below or at which no row can appear any more; None when that takes too long."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM trail_entry_id_seq")
        number = int(cursor.fetchone()[0])
    writing = _writers()
    deadline = time.monotonic() + wait
    while writing:
        if time.monotonic() >= deadline:
            return None
        time.sleep(_PAUSE)
        writing &= _writers()
    return number


def _writers() -> set[str]:
    """Transactions that are writing to the trail now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT virtualtransaction FROM pg_locks WHERE relation = 'trail_entry'::regclass "
            "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
            "AND mode = 'RowExclusiveLock'"
        )
        return {row[0] for row in cursor.fetchall()}


@transaction.atomic
def _seal_batch(upto: int, batch: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
    last = Seal.objects.order_by("-last_id").first()
    after = last.last_id if last else 0
    entries = list(Entry.objects.filter(pk__gt=after, pk__lte=upto).order_by("pk")[:batch])
    if not entries:
        return 0
    leaves = b"".join(leaf(entry) for entry in entries)
    previous = last.digest if last else GENESIS
    made = Seal.objects.create(
        first_id=after + 1,
        last_id=entries[-1].pk,
        count=len(entries),
        previous=previous,
        leaves=leaves,
        digest=digest_of(previous, leaves),
    )
    log.info("trail.sealed", rows=made.count, last=made.last_id, head=made.digest)
    return len(entries)


def verify(*, head: str = "") -> Verdict:
    """Walk the chain from its beginning to the first fault. `head`: a digest that must be in the chain."""
    previous, upto, rows, seals, met = GENESIS, 0, 0, 0, not head
    for sealed in Seal.objects.order_by("last_id").iterator(chunk_size=50):
        finding = _chain_fault(sealed, previous, upto) or next(_row_faults(sealed), None)
        if finding:
            return Verdict(seals, rows, previous, finding)
        previous, upto = sealed.digest, sealed.last_id
        rows += sealed.count
        seals += 1
        met = met or sealed.digest == head
    missing = None if met else Finding(0, 0, "the chain does not hold the digest that was kept elsewhere")
    return Verdict(seals, rows, previous, missing)


def _chain_fault(sealed: Seal, previous: str, upto: int) -> Finding | None:
    leaves = bytes(sealed.leaves)
    if sealed.previous != previous or sealed.first_id != upto + 1:
        return Finding(sealed.pk, 0, "the seal does not follow the one before it")
    if digest_of(previous, leaves) != sealed.digest or len(leaves) != sealed.count * LEAF.size:
        return Finding(sealed.pk, 0, "the seal was changed")
    return None


def _row_faults(sealed: Seal) -> Iterator[Finding]:
    """Rows that are not as they were, in the order of their numbers."""
    kept: dict[int, bytes] = dict(LEAF.iter_unpack(bytes(sealed.leaves)))
    found = Entry.objects.filter(pk__range=(sealed.first_id, sealed.last_id)).order_by("pk")
    now = {entry.pk: LEAF.unpack(leaf(entry))[1] for entry in found.iterator(chunk_size=2000)}
    for number in sorted(kept.keys() | now.keys()):
        if number not in now:
            yield Finding(sealed.pk, number, "the row is gone")
        elif number not in kept:
            yield Finding(sealed.pk, number, "the row was added after sealing")
        elif kept[number] != now[number]:
            yield Finding(sealed.pk, number, "the row was changed")

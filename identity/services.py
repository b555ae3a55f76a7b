"""The verbs of the library. None of them calls an agency: what the library does not know is queued and pending.

`check` and `check_many` answer at once from the library; "unavailable" means that the answer is still to come, and
that nothing may pass meanwhile (R13.12). When it comes, hook `identity.settled` runs (`lookups.py`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from accounts.models import Company
from accounts.personal import mask_number
from identity import library, looks
from identity.library import Pair, Result, result_of
from identity.models import Batch, Ground
from identity.rules import faults
from reference.problems import Problem, Refused
from submissions.nudge import nudge
from trail import services as trail
from trail.actors import Actor

BATCH_MOST = 10_000
NOW, LIST, BULK = 0, 1, 2  # priorities: who is waiting


@dataclass(frozen=True, slots=True)
class Checked:
    """One pair of a set: its result, or what is wrong with its form (then nobody is asked)."""

    result: Result
    problems: tuple[Problem, ...] = ()


def check(name: str, number: str, *, by: Actor, ground: str, reason: str) -> Result:
    """One buyer. `Refused` with every fault of form; a row of who asked, on what ground and why."""
    pair = Pair.of(name, number)
    if problems := faults(pair.name, pair.number, timezone.localdate()):
        raise Refused(problems)
    with transaction.atomic():
        row = library.ensure([pair], by=by, priority=NOW)[pair.key]
        looks.record(
            by=by,
            ground=ground,
            reason=reason,
            subject_type="verification",
            subject_id=row.pk,
            subject=mask_number(pair.number),
            full=False,
        )
        _wake()
    return result_of(row, timezone.now())


def check_many(pairs: Sequence[Pair], *, by: Actor, ground: str, reason: str) -> list[Checked]:
    """A set of buyers, in their order; one row for the set says who asked. Safe inside a caller's transaction."""
    today, now = timezone.localdate(), timezone.now()
    found = [tuple(faults(pair.name, pair.number, today)) for pair in pairs]
    good = [pair for pair, problems in zip(pairs, found, strict=True) if not problems]
    if not good:
        return [Checked(library.UNAVAILABLE, problems) for problems in found]
    with transaction.atomic():
        rows = library.ensure(good, by=by, priority=LIST)
        looks.record(
            by=by,
            ground=ground,
            reason=reason,
            subject_type="verification",
            subject_id="",
            full=False,
            count=len(rows),
        )
        _wake()
    return [
        Checked(library.UNAVAILABLE, problems) if problems else Checked(result_of(rows[pair.key], now))
        for pair, problems in zip(pairs, found, strict=True)
    ]


def start_batch(
    pairs: Sequence[Pair], *, company: Company, by: Actor, reason: str, ground: str = Ground.ORDER
) -> Batch:
    """Up to `BATCH_MOST` pairs for a platform. Its rows are the queue: whatever stops it, it goes on from there."""
    if not 0 < len(pairs) <= BATCH_MOST:
        text = _("A batch holds 1 to {most} pairs, this has {count}.")
        raise Refused(
            [Problem("identity.batch", "/pairs", text, {"most": str(BATCH_MOST), "count": str(len(pairs))})]
        )
    today = timezone.localdate()
    found = [faults(pair.name, pair.number, today) for pair in pairs]
    with transaction.atomic():
        batch = Batch.objects.create(company=company, reason=reason, count=len(pairs))
        good = [pair for pair, problems in zip(pairs, found, strict=True) if not problems]
        rows = library.ensure(good, by=by, priority=BULK)
        keys = [None if problems else rows[pair.key].pk for pair, problems in zip(pairs, found, strict=True)]
        _keep_places(batch, keys, found)
        looks.record(
            by=by,
            ground=ground,
            reason=reason,
            subject_type="batch",
            subject_id=batch.pk,
            full=False,
            count=len(pairs),
        )
        trail.record("identity.batch", by=by, object_type="batch", object_id=batch.pk, count=len(pairs))
        _wake()
    return batch


_PLACES = """
INSERT INTO identity_batchitem (batch_id, index, verification_id, problems)
SELECT %s, n.* FROM unnest(%s::int[], %s::uuid[], %s::jsonb[]) AS n
"""


def _keep_places(batch: Batch, keys: Sequence[UUID | None], problems: Sequence[Sequence[Problem]]) -> None:
    """The pairs of a batch by their places, from 1; one statement a set."""
    told = [json.dumps([one.as_stored() for one in found]) for found in problems]
    with connection.cursor() as cursor:
        for start in range(0, len(keys), library.SET):
            some = [str(key) if key else None for key in keys[start : start + library.SET]]
            places = list(range(start + 1, start + 1 + len(some)))
            cursor.execute(_PLACES, [batch.pk, places, some, told[start : start + library.SET]])


def _wake() -> None:
    from identity import tasks

    nudge(tasks.sweep)

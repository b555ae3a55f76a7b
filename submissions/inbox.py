"""Messages from agencies: stored before they are answered, applied at least once, parked with a reason.

An agency repeats until it hears from us. The same id with the same body gets the same answer, with another
body a conflict. Readers (registered by the desks) must bear repeats and any order; each runs in one
transaction.

A worker takes what waits together, and the desk reads it as a set where it can: sets grow with the queue. Only
what has not been tried yet goes into a set. What fails in a set, or takes its worker with it, is read by itself
from then on: one bad message is parked alone, and never the others of its set.
"""

from __future__ import annotations

import hashlib
import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from psycopg2 import Binary

from accounts.personal import seal, unseal
from reference.keys import uuid7
from submissions import registry
from submissions.lifecycle import INBOX, advance, advance_one
from submissions.models import InboxMessage, InboxState
from submissions.nudge import nudge
from submissions.switch import back_off
from trail import prepared
from trail.actors import SYSTEM, Actor

log = logging.getLogger(__name__)

TRIES = 5
WORKING_SECONDS = 60.0  # a worker silent for so long is taken for dead
WAIT_BASE_SECONDS = 2.0
WAIT_MOST_SECONDS = 300.0
AT_ONCE = 24  # messages of a set: a transaction of some tenths of a second
JSON = "application/json"


class Park(Exception):
    """Raised by a reader: trying again is useless; the message is parked with this reason."""


class Apart(Exception):
    """Raised by a reader of sets: these messages have to be read one by one."""


@dataclass(frozen=True, slots=True)
class StoredInbox:
    """What to answer the agency."""

    status: Literal["new", "repeat", "conflict"]
    id: UUID


_STORE = """
INSERT INTO submissions_inboxmessage
(id, agency_id, message_id, sha256, content_type, sealed_body, state, attempts_made, reason)
SELECT %s, a.id, %s, %s, %s, %s, %s, 0, '' FROM accounts_agency a WHERE a.code = %s
ON CONFLICT (agency_id, message_id) DO NOTHING RETURNING id
"""


def store(agency_code: str, message_id: str, body: bytes, content_type: str) -> StoredInbox:
    """Keep a message; answer the agency only when the transaction has committed.

    `LookupError`: no such agency.
    """
    from submissions import tasks

    digest, key = hashlib.sha256(body).hexdigest(), uuid7()
    sealed = Binary(seal(body, context=_context(key)))
    message = message_id[:64]
    new = (key, message, digest, content_type[:60], sealed, str(InboxState.RECEIVED), agency_code)
    with transaction.atomic():
        if prepared.rows(_STORE, new):
            nudge(tasks.process_inbox, str(key))
            return StoredInbox("new", key)
    kept = InboxMessage.objects.filter(agency__code=agency_code, message_id=message)
    for known, its_digest in kept.values_list("pk", "sha256"):
        return StoredInbox("repeat" if its_digest == digest else "conflict", known)
    raise LookupError(agency_code)


def _context(inbox_id: UUID) -> str:
    return f"inbox:{inbox_id}"


def unseal_body(row: InboxMessage) -> bytes:
    """The bytes as the agency sent them."""
    return unseal(row.sealed_body, context=_context(row.pk))


def process(inbox_id: UUID) -> str:
    """Let the desk read one message if it is due; "applied", "put_off", "parked" or "" (nothing to do)."""
    return process_set([inbox_id]).get(inbox_id, "")


def process_set(ids: Sequence[UUID]) -> dict[UUID, str]:
    """Let the desks read those of the messages that are due, together where they can; what became of each."""
    outcomes: dict[UUID, str] = {}
    fresh = _begin(_due(ids).filter(attempts_made=0))
    for rows, reader in _sets(fresh):
        if reader and len(rows) > 1 and _apply_set(rows, reader):
            outcomes |= {row.pk: "applied" for row in rows}
        else:
            outcomes |= {row.pk: _try(row) for row in rows}
    if len(fresh) < len(ids):
        outcomes |= _one_by_one(ids)
    return outcomes


def _one_by_one(ids: Sequence[UUID]) -> dict[UUID, str]:
    """What was tried before: claimed, counted and read one after the other, so that none pays for another."""
    tried = _due(ids).filter(attempts_made__gt=0).order_by("attempts_made", "pk")
    keys = list(tried.values_list("pk", flat=True))
    return {row.pk: _try(row) for key in keys for row in _begin(_due([key]))}


def _due(ids: Sequence[UUID]) -> QuerySet[InboxMessage]:
    return InboxMessage.objects.filter(pk__in=ids, state=InboxState.RECEIVED, due_at__lte=timezone.now())


def _sets(rows: Sequence[InboxMessage]) -> list[tuple[list[InboxMessage], registry.SetReader | None]]:
    """Each agency's messages with who reads them together; what nobody reads together comes last."""
    together: defaultdict[str, list[InboxMessage]] = defaultdict(list)
    alone = []
    for row in rows:
        if registry.inbox_set_reader(row.agency.code) and not _is_json(row):
            together[row.agency.code].append(row)
        else:
            alone.append(row)
    sets = [(some, registry.inbox_set_reader(code)) for code, some in together.items()]
    return [*sets, (alone, None)]


def _try(row: InboxMessage) -> str:
    if row.attempts_made > TRIES:
        return _fail(row, "the worker died while reading it", final=True)
    try:
        with transaction.atomic():
            _read(row)
    except Park as error:
        return _fail(row, str(error), final=True)
    except Exception as error:
        log.exception("message %s of agency %s could not be read", row.message_id, row.agency_id)
        return _fail(row, f"{type(error).__name__}: {error}", final=row.attempts_made >= TRIES)
    return "applied"


@transaction.atomic
def _begin(due: QuerySet[InboxMessage]) -> list[InboxMessage]:
    """Count the try first, in a transaction of its own: so a message that kills its reader is parked, too.

    What somebody else has in hand is left to him; the others, oldest first.
    """
    free = due.select_related("agency").select_for_update(skip_locked=True, of=("self",))
    rows = list(free.order_by("pk"))
    if rows:
        tried = InboxMessage.objects.filter(pk__in=[row.pk for row in rows])
        until = timezone.now() + timedelta(seconds=WORKING_SECONDS)
        tried.update(attempts_made=F("attempts_made") + 1, due_at=until)
    for row in rows:
        row.attempts_made += 1
    return rows


def _apply_set(rows: Sequence[InboxMessage], reader: registry.SetReader) -> bool:
    """The reader's writes and all marks commit together, or nothing does."""
    try:
        with transaction.atomic():
            moved = {
                one.id
                for one in advance(INBOX, [row.pk for row in rows], "apply", by=SYSTEM, changes=_marks())
            }
            reader([(row, unseal_body(row)) for row in rows if row.pk in moved])
    except (Apart, Park):
        return False
    except Exception:
        log.warning(
            "%d messages of agency %s are read one by one", len(rows), rows[0].agency_id, exc_info=True
        )
        return False
    return True


def _marks() -> dict[str, object]:
    return {"applied_at": timezone.now(), "reason": ""}


def _read(row: InboxMessage) -> None:
    """The reader's writes and our mark commit together.

    Of two workers with one message only one can mark it.
    """
    if advance(INBOX, [row.pk], "apply", by=SYSTEM, changes=_marks()):
        _reader(row)(row, unseal_body(row))


def _reader(row: InboxMessage) -> registry.Reader:
    """JSON speaks the offices' common language; anything else is for the desk that knows the agency."""
    from submissions import decisions

    return decisions.read if _is_json(row) else registry.inbox_reader(row.agency.code)


def _is_json(row: InboxMessage) -> bool:
    return row.content_type.partition(";")[0].strip() == JSON


def _fail(row: InboxMessage, reason: str, *, final: bool) -> str:
    from submissions import tasks

    if final:
        moved = advance(INBOX, [row.pk], "park", by=SYSTEM, why=reason, changes={"reason": reason[:2000]})
        return "parked" if moved else ""
    wait = back_off(row.attempts_made - 1, WAIT_BASE_SECONDS, WAIT_MOST_SECONDS)
    waiting = InboxMessage.objects.filter(pk=row.pk, state=InboxState.RECEIVED)
    waiting.update(reason=reason[:2000], due_at=timezone.now() + timedelta(seconds=wait))
    nudge(tasks.process_inbox, str(row.pk), countdown=wait)
    return "put_off"


def replay(inbox_id: UUID, *, by: Actor, why: str = "") -> None:
    """Read a parked message again, with all its tries. Permission: `dispatch.send_again`."""
    from submissions import tasks

    with transaction.atomic():
        changes = {"attempts_made": 0, "due_at": timezone.now(), "reason": ""}
        advance_one(INBOX, inbox_id, "replay", by=by, why=why, changes=changes)
        nudge(tasks.process_inbox, str(inbox_id))

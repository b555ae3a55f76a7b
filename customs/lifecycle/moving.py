"""The only writer of document states, but for what replies decide (`replied.py`): born, moved by a verb of ours.

Sets of documents move by one conditional statement: rows are locked in the order of their keys (two
workers never lock each other out), the rule is looked up for the state found *then*, and a `DocumentEvent`
is written in the same statement. What is not in a state from which the verb leads stays where it is and is
not in the answer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction

from customs.lifecycle.table import TABLES, VERBS, ways
from customs.models import DocumentEvent
from customs.models import DocumentState as S
from reference.keys import uuid7s
from reference.sets import array, copy_tuples
from trail import services as trail
from trail.actors import Actor

EVENT = (
    *("id", "kind", "document_id", "at", "verb", "from_state", "to_state"),
    *("actor_kind", "actor_label", "why", "reply_id"),
)


def log_in_trail(kind: str, verbs: Collection[str], ids: Iterable[UUID], by: Actor) -> None:
    """One trail row for the set: which documents is in the digest, how each went is in its own log."""
    keys = sorted(map(str, ids))
    trail.record(
        f"documents.{min(verbs)}" if len(verbs) == 1 else "documents.replied",
        by=by,
        object_type=kind,
        object_id=keys[0],
        detail={"verbs": sorted(verbs)},
        count=len(keys),
        digest=hashlib.sha256("\n".join(keys).encode()).hexdigest(),
    )


_BORN = """
INSERT INTO customs_documentevent
  (id, kind, document_id, at, verb, from_state, to_state, actor_kind, actor_label, why)
SELECT uuidv7(), %s, id, statement_timestamp(), 'load', '', %s, %s, %s, ''
FROM unnest(%s::uuid[]) AS new(id)
"""


def born(kind: str, ids: Sequence[UUID], *, by: Actor) -> None:
    """Log that these documents have just been inserted, in the state in which every document begins."""
    if not ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(_BORN, [kind, S.LOADED.value, by.kind, by.label[:200], array(ids)])
    log_in_trail(kind, {"load"}, ids, by)


_ADVANCE = """
WITH step AS (
  SELECT * FROM unnest(%(ids)s::uuid[], %(whys)s::text[]) AS s(id, why)
), way AS (
  SELECT * FROM unnest(%(froms)s::text[], %(tos)s::text[]) AS w(from_state, to_state)
), locked AS MATERIALIZED (
  SELECT id, state FROM {table} WHERE id = ANY(%(ids)s::uuid[]) ORDER BY id FOR UPDATE
), allowed AS (
  SELECT step.*, way.* FROM step JOIN locked USING (id) JOIN way ON way.from_state = locked.state
), changed AS (
  UPDATE {table} d SET state = a.to_state, state_at = statement_timestamp()
  FROM allowed a WHERE d.id = a.id AND d.id = ANY(%(ids)s::uuid[]) RETURNING d.id
)
INSERT INTO customs_documentevent
  (id, kind, document_id, at, verb, from_state, to_state, actor_kind, actor_label, why)
SELECT uuidv7(), %(kind)s, a.id, statement_timestamp(), %(verb)s, a.from_state, a.to_state,
  %(actor_kind)s, %(actor_label)s, a.why
FROM allowed a JOIN changed USING (id)
RETURNING document_id
"""


def advance(
    kind: str,
    ids: Sequence[UUID],
    *,
    verb: str,
    by: Actor,
    why: Mapping[UUID, str] | str = "",
) -> set[UUID]:
    """Move the documents `ids` of one kind by one verb of ours; those that moved.

    `why` is one sentence for all or one per document. Documents in a state from which the verb does not lead
    are left alone, so that a second call changes nothing and logs nothing. One statement and one trail row
    whatever the number, in the caller's transaction when there is one. `ValueError`: no such verb.
    """
    if verb not in VERBS:
        raise ValueError(f"no such verb: {verb}")
    keys = list(dict.fromkeys(ids))
    if not keys:
        return set()
    reasons = dict.fromkeys(keys, why) if isinstance(why, str) else why
    led = {state: to for (own, state), to in ways(kind).items() if own == verb}
    params = {
        "ids": array(keys),
        "whys": array(reasons.get(key, "") for key in keys),
        "froms": array(led),
        "tos": array(led.values()),
        "kind": kind,
        "verb": verb,
        "actor_kind": by.kind,
        "actor_label": by.label[:200],
    }
    with transaction.atomic(savepoint=False):
        with connection.cursor() as cursor:
            cursor.execute(_ADVANCE.format(table=TABLES[kind]), params)
            moved = {row[0] for row in cursor.fetchall()}
        if moved:
            log_in_trail(kind, {verb}, moved, by)
    return moved


class Verdict(NamedTuple):
    """What we decided of one document: the verb, why, and what we found, in the order of `Found.columns`."""

    verb: str
    why: str
    values: tuple[Any, ...]


class Found(NamedTuple):
    """The columns in which a kind of document keeps what we found, with their types."""

    columns: tuple[tuple[str, str], ...]

    def sets(self) -> str:
        """For UPDATE … SET. An array comes as a text of its own: arrays of arrays are something else."""
        return ", ".join(
            f"{name} = a.{name}{f'::{kind}' if kind.endswith('[]') else ''}" for name, kind in self.columns
        )

    def arrays(self) -> str:
        """For FROM unnest(…)."""
        return ", ".join(
            f"%({name})s::{'text' if kind.endswith('[]') else kind}[]" for name, kind in self.columns
        )

    def names(self) -> str:
        """For AS a(…)."""
        return ", ".join(name for name, _kind in self.columns)


_DECIDED = """
UPDATE {table} d SET {sets}, state = a.to_state,
  state_at = CASE WHEN d.state = a.to_state THEN d.state_at ELSE statement_timestamp() END
FROM unnest(%(ids)s::uuid[], %(tos)s::text[], {arrays}) AS a(id, to_state, {names})
WHERE d.id = a.id AND d.id = ANY(%(ids)s::uuid[])
"""


def decide(
    kind: str, states: Mapping[UUID, str], verdicts: Mapping[UUID, Verdict], found: Found, *, by: Actor
) -> int:
    """Write what we found of locked documents, and move them by the verbs; how many moved.

    `states`: where they stand. One from whose state its verb does not lead stays there.
    """
    allowed = ways(kind)
    tos = {key: allowed.get((one.verb, states[key]), states[key]) for key, one in verdicts.items()}
    columns = zip(*(one.values for one in verdicts.values()), strict=True)
    params = {name: array(column) for (name, _kind), column in zip(found.columns, columns, strict=True)}
    sql = _DECIDED.format(table=TABLES[kind], sets=found.sets(), arrays=found.arrays(), names=found.names())
    with connection.cursor() as cursor:
        cursor.execute(sql, params | {"ids": array(tos), "tos": array(tos.values())})
    moved = [
        _Moved(key, verdicts[key].verb, states[key], state, verdicts[key].why)
        for key, state in tos.items()
        if state != states[key]
    ]
    _log(kind, moved, by)
    return len(moved)


class _Moved(NamedTuple):
    """A document that went on by a verb of ours."""

    id: UUID
    verb: str
    from_state: str
    to_state: str
    why: str


def _log(kind: str, moved: Sequence[_Moved], by: Actor) -> None:
    if not moved:
        return
    rows = [
        (event, kind, one.id, one.verb, one.from_state, one.to_state, by.kind, by.label[:200], one.why)
        for event, one in zip(uuid7s(len(moved)), moved, strict=True)
    ]
    copy_tuples(DocumentEvent, tuple(name for name in EVENT if name not in ("at", "reply_id")), rows)
    log_in_trail(kind, {one.verb for one in moved}, [one.id for one in moved], by)

"""The life of a document as one table, and the only writer of document states.

Sets of documents move by one conditional statement: rows are locked in the order of their keys (two
workers never lock each other out), the rule is looked up for the state found *then*, and a `DocumentEvent`
is written in the same statement. What is not in a state from which the verb leads stays where it is and is
not in the answer.

The statuses are those of the CEB replies (edition 202205): 1–4 and negative ones are the E-port's, 100 and
above are customs' (rules R13.04).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction

from customs.models import DocumentState as S
from reference.sets import array
from trail import services as trail
from trail.actors import Actor

# Who speaks in replies. The labels are what the log keeps; pages translate them.
EPORT = Actor("agency", "eport", "E-port")
CUSTOMS = Actor("agency", "customs", "customs")

THREE = (
    *("order", "payment", "waybill"),
    *("export_order", "collection", "export_waybill", "arrival", "manifest", "departure"),
)
LIST = ("inventory", "export_list")
ALL = (*THREE, *LIST)
TABLES = {kind: f"customs_{kind.replace('_', '')}" for kind in ALL}

# Before any answer. A reply may come while the dispatch is still being settled, so replies leave these too.
BEFORE = (S.LOADED, S.WAITING, S.READY, S.FAULTED, S.SENT)
UNDER_WAY = (*BEFORE, S.DECLARING, S.STORED, S.REVIEW, S.INSPECTION, S.DETAINED, S.CONCLUDED)
# What is decided and can no longer be changed by this version of the document.
TERMINAL = frozenset({S.RELEASED, S.CLOSED, S.RETURNED, S.EPORT_REFUSED, S.SENT_BACK, S.SUPERSEDED})
# The declarant or sender has to act.
TO_CORRECT = frozenset({S.RETURNED, S.EPORT_REFUSED})


class Rule(NamedTuple):
    """One row: documents of these kinds go by this verb from these states to that one."""

    verb: str
    kinds: tuple[str, ...]
    froms: tuple[str, ...]
    to: str
    statuses: tuple[str, ...] = ()  # of the reply that says so; "-" stands for every negative one


TABLE: tuple[Rule, ...] = (
    # ours
    Rule("wait", LIST, (S.LOADED, S.READY, S.FAULTED), S.WAITING),
    Rule("hold_identity", LIST, (S.LOADED, S.READY, S.FAULTED), S.WAITING),
    Rule("ready", LIST, (S.LOADED, S.WAITING, S.FAULTED), S.READY),
    Rule("fault", LIST, (S.LOADED, S.WAITING, S.READY), S.FAULTED),
    Rule("supersede", LIST, (S.LOADED, S.WAITING, S.READY, S.FAULTED, *sorted(TO_CORRECT)), S.SUPERSEDED),
    # A stored payment may be replaced when the list that rests on it was returned (code 1332).
    Rule("supersede", THREE, (S.LOADED, S.SENT, S.DECLARING, S.STORED, *sorted(TO_CORRECT)), S.SUPERSEDED),
    Rule("send", LIST, (S.LOADED, S.WAITING, S.READY, S.FAULTED), S.SENT),
    Rule("send", THREE, (S.LOADED,), S.SENT),
    # Refused at the E-port's door, then sent again by a person and taken.
    Rule("send_anew", ALL, (S.EPORT_REFUSED,), S.SENT),
    # the E-port's
    Rule("eport_saved", ALL, (*BEFORE, S.DECLARING), S.DECLARING, ("1",)),
    Rule("declaring", ALL, (*BEFORE, S.DECLARING), S.DECLARING, ("2",)),
    # After "could not be sent to customs" (4) the E-port may try again.
    Rule("sent_to_customs", ALL, (*BEFORE, S.DECLARING, S.EPORT_REFUSED), S.DECLARING, ("3",)),
    Rule("eport_failed", ALL, (*BEFORE, S.DECLARING), S.EPORT_REFUSED, ("4", "-")),
    # customs'
    Rule("store", ALL, (*BEFORE, S.DECLARING, S.EPORT_REFUSED), S.STORED, ("120",)),
    Rule("return_", ALL, (*UNDER_WAY, S.EPORT_REFUSED), S.RETURNED, ("100",)),
    Rule("review", LIST, (*UNDER_WAY, S.EPORT_REFUSED), S.REVIEW, ("300",)),
    Rule("inspect", LIST, (*UNDER_WAY, S.EPORT_REFUSED), S.INSPECTION, ("500",)),
    Rule("detain", LIST, (*UNDER_WAY, S.EPORT_REFUSED), S.DETAINED, ("501", "502", "503", "599")),
    Rule("conclude", LIST, (*UNDER_WAY, S.EPORT_REFUSED), S.CONCLUDED, ("399",)),
    # A list returned here and declared again elsewhere is released all the same: customs' word is the fact.
    Rule("release", LIST, (*UNDER_WAY, *sorted(TO_CORRECT)), S.RELEASED, ("800",)),
    Rule("close", LIST, (*UNDER_WAY, *sorted(TO_CORRECT), S.RELEASED), S.CLOSED, ("899",)),
    Rule("send_back", LIST, (*UNDER_WAY, *sorted(TO_CORRECT), S.RELEASED), S.SENT_BACK, ("700",)),
)  # fmt: skip

VERBS = frozenset(rule.verb for rule in TABLE)
_BY_STATUS = {status: rule.verb for rule in TABLE for status in rule.statuses}


def verb_of(status: str) -> str | None:
    """The verb that a reply's returnStatus stands for; None for a status this table does not know."""
    text = status.strip()
    if text.startswith("-") and text[1:].isdigit():
        return _BY_STATUS["-"]
    return _BY_STATUS.get(text) if text.isdigit() else None


def said_by_eport(status: str) -> bool:
    """True for statuses of the E-port (1–4 and negative), False for customs' (R13.04)."""
    text = status.strip()
    return text.startswith("-") or text in {"1", "2", "3", "4"}


@dataclass(frozen=True, slots=True)
class Step:
    """One document's way by one verb.

    With `return_time` it is a reply's: it counts only when it is not older than the reply that decided the
    state so far, nor than `not_before` (all 17 digits, Beijing time). `said_at` is the same moment, for the
    clocks that start with a release.
    """

    id: UUID
    verb: str
    why: str = ""
    reply_id: UUID | None = None
    return_time: str = ""
    code: str = ""
    info: str = ""
    not_before: str = ""
    said_at: datetime | None = None


_SET_REPLY = """
  return_time = CASE WHEN a.return_time = '' THEN d.return_time ELSE a.return_time END,
  return_code = CASE WHEN a.return_time = '' THEN d.return_code ELSE a.code END,
  return_info = CASE WHEN a.return_time = '' THEN d.return_info ELSE a.info END"""
_SET_RELEASED = """,
  released_at = CASE WHEN a.to_state = 'released' THEN COALESCE(a.said_at, a.at) ELSE d.released_at END"""

# What a kind of list keeps of its end besides.
_SET_CLOSED = """,
  closed_at = CASE WHEN a.to_state = 'closed' THEN COALESCE(a.said_at, a.at) ELSE d.closed_at END"""
_SETS = {"inventory": _SET_RELEASED, "export_list": _SET_RELEASED + _SET_CLOSED}

_SQL = """
WITH step AS (
  SELECT * FROM unnest(%(ids)s::uuid[], %(verbs)s::text[], %(whys)s::text[], %(replies)s::uuid[],
    %(times)s::text[], %(codes)s::text[], %(infos)s::text[], %(floors)s::text[],
    %(said)s::timestamptz[]) AS s(id, verb, why, reply_id, return_time, code, info, not_before, said_at)
), rule AS (
  SELECT * FROM unnest(%(rule_verbs)s::text[], %(rule_froms)s::text[], %(rule_tos)s::text[])
    AS r(verb, from_state, to_state)
), locked AS MATERIALIZED (
  SELECT id, state, return_time FROM {table} WHERE id = ANY(%(ids)s::uuid[]) ORDER BY id FOR UPDATE
), allowed AS (
  SELECT step.*, rule.from_state, rule.to_state, COALESCE(%(now)s::timestamptz, statement_timestamp()) AS at
  FROM step JOIN locked USING (id) JOIN rule ON rule.verb = step.verb AND rule.from_state = locked.state
  WHERE step.return_time = ''
     OR (step.return_time >= locked.return_time AND step.return_time >= step.not_before)
), changed AS (
  UPDATE {table} d SET state = a.to_state, state_at = a.at,{sets}
  FROM allowed a WHERE d.id = a.id RETURNING d.id
)
INSERT INTO customs_documentevent
  (id, kind, document_id, at, verb, from_state, to_state, actor_kind, actor_label, why, reply_id)
SELECT uuidv7(), %(kind)s, a.id, a.at, a.verb, a.from_state, a.to_state, %(actor_kind)s, %(actor_label)s,
  a.why, a.reply_id
FROM allowed a JOIN changed USING (id)
RETURNING document_id, to_state
"""


def _rules(kind: str, verbs: Iterable[str]) -> list[tuple[str, str, str]]:
    wanted = set(verbs)
    if unknown := wanted - VERBS:
        raise ValueError(f"no such verb: {', '.join(sorted(unknown))}")
    return [
        (rule.verb, state, rule.to)
        for rule in TABLE
        if rule.verb in wanted and kind in rule.kinds
        for state in rule.froms
    ]


def take(kind: str, steps: Sequence[Step], *, by: Actor, now: datetime | None = None) -> dict[UUID, str]:
    """Take the steps (one per document) of documents of one kind; those that moved and their new state.

    One statement and one trail row whatever the number, in the caller's transaction when there is one.
    """
    if not steps:
        return {}
    rules = _rules(kind, (step.verb for step in steps))
    sets = _SET_REPLY + _SETS.get(kind, "")
    params: dict[str, Any] = {
        "ids": [step.id for step in steps],
        "verbs": [step.verb for step in steps],
        "whys": [step.why for step in steps],
        "replies": [step.reply_id for step in steps],
        "times": [step.return_time for step in steps],
        "codes": [step.code for step in steps],
        "infos": [step.info for step in steps],
        "floors": [step.not_before for step in steps],
        "said": [step.said_at for step in steps],
        "rule_verbs": [str(row[0]) for row in rules],
        "rule_froms": [str(row[1]) for row in rules],
        "rule_tos": [str(row[2]) for row in rules],
        "now": now,
        "kind": kind,
        "actor_kind": by.kind,
        "actor_label": by.label[:200],
    }
    with transaction.atomic(savepoint=False):
        with connection.cursor() as cursor:
            cursor.execute(_SQL.format(table=TABLES[kind], sets=sets), params)
            moved: dict[UUID, str] = dict(cursor.fetchall())
        if moved:
            log_in_trail(kind, {step.verb for step in steps if step.id in moved}, moved, by)
    return moved


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


def advance(
    kind: str,
    ids: Sequence[UUID],
    *,
    verb: str,
    by: Actor,
    why: Mapping[UUID, str] | str = "",
    now: datetime | None = None,
) -> set[UUID]:
    """Move the documents `ids` of one kind by one verb of ours; those that moved.

    `why` is one sentence for all or one per document. Documents in a state from which the verb does not lead
    are left alone, so that a second call changes nothing and logs nothing.
    """
    reasons = dict.fromkeys(ids, why) if isinstance(why, str) else why
    steps = [Step(id=one, verb=verb, why=reasons.get(one, "")) for one in dict.fromkeys(ids)]
    return set(take(kind, steps, by=by, now=now))

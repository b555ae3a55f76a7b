"""Documents that replies speak of, locked, and their ways: several steps of many documents, written at once.

The table is `lifecycle.TABLE`. Steps are decided here, in the order given, and what comes of them is written in
one conditional UPDATE, one COPY of events and one trail row for each who spoke.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from customs.gateway.messages import moment_of
from customs.lifecycle.moving import EVENT, log_in_trail
from customs.lifecycle.table import TABLES, VERBS, ways
from customs.models import DocumentEvent
from customs.models import DocumentState as S
from customs.senders import LIST_KINDS
from reference.keys import uuid7s
from reference.sets import array, copy_tuples
from trail.actors import Actor


@dataclass(slots=True, eq=False)
class Standing:
    """A locked document: where it stands while replies are gone through.

    `called`: its order number, or its own. `parties` are sorted. Codes and customs' numbers are those of lists
    only. `floor`: an older reply speaks of an earlier version (17 digits of Beijing time).
    """

    id: UUID
    message_id: UUID
    version: int
    state: str
    return_time: str
    parties: tuple[int, ...]
    called: str
    agent_code: str = ""
    ebc_code: str = ""
    ebp_code: str = ""
    pre_no: str = ""
    invt_no: str = ""
    floor: str = ""
    kept: tuple[str, str] = ("", "")  # customs' numbers as they stand in the table
    text: str = ""  # the key as a text

    def __post_init__(self) -> None:
        self.kept = (self.pre_no, self.invt_no)
        self.text = str(self.id)

    @property
    def decided(self) -> str:
        """What a reply must not be older than to decide."""
        return max(self.return_time, self.floor)


class Step(NamedTuple):
    """One document's way by one verb, because of one reply."""

    document: Standing
    verb: str
    by: Actor
    reply_id: UUID
    return_time: str
    code: str
    info: str


class Taken(NamedTuple):
    """A step that the table allowed."""

    step: Step
    from_state: str
    to_state: str


_OF_LISTS = "d.order_no, d.agent_code, d.ebc_code, d.ebp_code, d.pre_no, d.invt_no"
_TRANSPORT = "COALESCE(NULLIF(d.bill_no, ''), d.cop_no)"
_CALLED = {
    "export_waybill": "d.logistics_no",
    **dict.fromkeys(("arrival", "manifest", "departure"), _TRANSPORT),
}
_LOCK = """
SELECT d.id, d.message_id, d.version, d.state, d.return_time, d.parties::text, {columns} FROM {table} d
WHERE d.id = ANY(%s::uuid[]) ORDER BY d.id FOR UPDATE
"""


def locked(kind: str, ids: Iterable[UUID]) -> dict[UUID, Standing]:
    """The documents, locked in the order of their keys until the transaction ends."""
    columns = _OF_LISTS if kind in LIST_KINDS else _CALLED.get(kind, "d.order_no")
    with connection.cursor() as cursor:
        cursor.execute(_LOCK.format(columns=columns, table=TABLES[kind]), [array(ids)])
        rows = cursor.fetchall()
    return {row[0]: _standing([*row[:5], _parties(row[5]), *row[6:]]) for row in rows}


def _standing(values: list[Any]) -> Standing:
    return Standing(*values)


@cache
def _parties(text: str) -> tuple[int, ...]:
    """Of PostgreSQL's `{1,2}`; the same few companies stand in very many documents."""
    return tuple(sorted(map(int, filter(None, text.strip("{}").split(",")))))


# --- deciding ---------------------------------------------------------------------------------------------


def take(kind: str, step: Step) -> Taken | None:
    """Take one step if the table has it and no newer reply has decided; the document stands there then."""
    if step.verb not in VERBS:
        raise ValueError(f"no such verb: {step.verb}")
    document = step.document
    to_state = ways(kind).get((step.verb, document.state))
    if to_state is None or step.return_time < document.decided:
        return None
    taken = Taken(step, document.state, to_state)
    document.state, document.return_time = to_state, step.return_time
    return taken


# --- writing ----------------------------------------------------------------------------------------------

_SET_OF_LISTS = """,
  pre_no = a.pre_no, invt_no = a.invt_no, released_at = COALESCE(a.released_at, d.released_at)"""
_SET_CLOSED = ", closed_at = COALESCE(a.closed_at, d.closed_at)"
_SETS = {"inventory": _SET_OF_LISTS, "export_list": _SET_OF_LISTS + _SET_CLOSED}
_UPDATE = """
UPDATE {table} d SET state = a.to_state, state_at = a.at, return_time = a.return_time, return_code = a.code,
  return_info = a.info{sets}
FROM unnest(%(ids)s::uuid[], %(froms)s::text[], %(tos)s::text[], %(ats)s::timestamptz[], %(times)s::text[],
    %(codes)s::text[], %(infos)s::text[], %(pres)s::text[], %(invts)s::text[], %(released)s::timestamptz[],
    %(closed)s::timestamptz[])
  AS a(id, from_state, to_state, at, return_time, code, info, pre_no, invt_no, released_at, closed_at)
WHERE d.id = a.id AND d.state = a.from_state AND d.id = ANY(%(ids)s::uuid[])
"""


def write(kind: str, taken: Sequence[Taken]) -> None:
    """Write the steps of documents that are still locked, and lists' numbers as they stand now."""
    if not taken:
        return
    at = _moments_of_log(taken)
    _update(kind, taken, at)
    rows = [
        (
            *(key, kind, step.document.id, when, step.verb, from_state, to_state),
            *(step.by.kind, step.by.label[:200], step.info, step.reply_id),
        )
        for key, when, (step, from_state, to_state) in zip(uuid7s(len(taken)), at, taken, strict=True)
    ]
    copy_tuples(DocumentEvent, EVENT, rows)
    for by, steps in _by_actor(taken).items():
        documents = {one.document for one in steps}
        log_in_trail(kind, {one.verb for one in steps}, [one.id for one in documents], by)


def _moments_of_log(taken: Sequence[Taken]) -> list[str]:
    """Now, by the database's clock, and of one document's steps each a microsecond later than the one before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now = cursor.fetchone()[0]
    steps: defaultdict[Standing, int] = defaultdict(int)
    written: dict[int, str] = {}
    found = []
    for one in taken:
        turn = steps[one.step.document]
        if turn not in written:
            written[turn] = (now + timedelta(microseconds=turn)).isoformat()
        found.append(written[turn])
        steps[one.step.document] = turn + 1
    return found


def _update(kind: str, taken: Sequence[Taken], at: Sequence[str]) -> None:
    first = {one.step.document: one.from_state for one in reversed(taken)}
    last = {one.step.document: (one, when) for one, when in zip(taken, at, strict=True)}
    ends = [one for one, _when in last.values()]
    params = {
        "ids": array(one.id for one in last),
        "froms": array(first[one] for one in last),
        "tos": array(one.to_state for one in ends),
        "ats": array(when for _one, when in last.values()),
        "times": array(one.step.return_time for one in ends),
        "codes": array(one.step.code for one in ends),
        "infos": array(one.step.info for one in ends),
        "pres": array(one.pre_no for one in last),
        "invts": array(one.invt_no for one in last),
        "released": _reached(S.RELEASED, taken, at, last),
        "closed": _reached(S.CLOSED, taken, at, last),
    }
    with connection.cursor() as cursor:
        cursor.execute(_UPDATE.format(table=TABLES[kind], sets=_SETS.get(kind, "")), params)
        if cursor.rowcount != len(last):
            raise RuntimeError(f"{len(last) - cursor.rowcount} documents ({kind}) were not locked")
    for document in last:
        document.kept = (document.pre_no, document.invt_no)


def _reached(state: str, taken: Sequence[Taken], at: Sequence[str], documents: Collection[Standing]) -> str:
    """When each of the documents last came into this state: the reply's moment, or ours."""
    found = {
        one.step.document: said.isoformat() if (said := moment_of(one.step.return_time)) else when
        for one, when in zip(taken, at, strict=True)
        if one.to_state == state
    }
    return array(found.get(one) for one in documents)


_NUMBERS = """
UPDATE {table} d SET pre_no = n.pre_no, invt_no = n.invt_no
FROM unnest(%(ids)s::uuid[], %(pres)s::text[], %(invts)s::text[]) AS n(id, pre_no, invt_no)
WHERE d.id = n.id AND d.id = ANY(%(ids)s::uuid[])
"""


def write_numbers(kind: str, documents: Iterable[Standing]) -> None:
    """Write customs' numbers of locked lists that got one and did not move."""
    rows = [one for one in documents if one.kept != (one.pre_no, one.invt_no)]
    if rows:
        params = {
            "ids": array(one.id for one in rows),
            "pres": array(one.pre_no for one in rows),
            "invts": array(one.invt_no for one in rows),
        }
        with connection.cursor() as cursor:
            cursor.execute(_NUMBERS.format(table=TABLES[kind]), params)


def _by_actor(taken: Sequence[Taken]) -> Mapping[Actor, list[Step]]:
    groups: defaultdict[Actor, list[Step]] = defaultdict(list)
    for one in taken:
        groups[one.step.by].append(one.step)
    return groups

"""The joint state of a customs message, computed from its documents; and which messages a set of them is
in.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from customs.lifecycle import TABLES, TERMINAL, TO_CORRECT
from customs.models import DocumentState as S
from reference.sets import array
from submissions.joint import recompute
from submissions.models import SubmissionState
from trail.actors import SYSTEM, Actor

# An order, payment or waybill is done once customs has stored it; a list once it may leave.
GOOD: Mapping[str, frozenset[str]] = {
    "order": frozenset({S.STORED}),
    "payment": frozenset({S.STORED}),
    "waybill": frozenset({S.STORED}),
    "inventory": frozenset({S.RELEASED, S.CLOSED}),
    "export_list": frozenset({S.RELEASED, S.CLOSED}),
    **dict.fromkeys(
        ("export_order", "collection", "export_waybill", "arrival", "manifest", "departure"),
        frozenset({S.STORED}),
    ),
}

NOT_TAKEN = "not_taken"  # documents that could not be loaded (their number is taken, say)

LATER = "later:"  # before the state of the version that replaced a document

# One document and its later version: the same business number.
SAME_NUMBER: Mapping[str, str] = {
    "order": "(o.ebp_code, o.order_no) = (n.ebp_code, n.order_no)",
    "payment": "(o.ebp_code, o.order_no, o.pay_code) = (n.ebp_code, n.order_no, n.pay_code)",
    "waybill": "(o.logistics_code, o.logistics_no) = (n.logistics_code, n.logistics_no)",
    "inventory": "(o.ebp_code, o.order_no) = (n.ebp_code, n.order_no)",
    "export_order": "(o.ebp_code, o.ebc_code, o.order_no) = (n.ebp_code, n.ebc_code, n.order_no)",
    "collection": "(o.ebc_code, o.order_no) = (n.ebc_code, n.order_no)",
    "export_waybill": "(o.logistics_code, o.logistics_no) = (n.logistics_code, n.logistics_no)",
    "export_list": "(o.ebp_code, o.ebc_code, o.order_no) = (n.ebp_code, n.ebc_code, n.order_no)",
    "arrival": "(o.logistics_code, o.cop_no) = (n.logistics_code, n.cop_no)",
    "manifest": "(o.agent_code, o.cop_no) = (n.agent_code, n.cop_no)",
    "departure": "(o.logistics_code, o.cop_no) = (n.logistics_code, n.cop_no)",
}

# Returned is not refused (R13.03): a replaced document goes on in its later version, unless it was done
# before.
_COUNTS = """
SELECT m.submission_id, s.state, COALESCE(s.count, 0), m.document_count, m.loaded_at IS NOT NULL
FROM customs_cebmessage m LEFT JOIN LATERAL (
  SELECT CASE WHEN o.state <> 'superseded' THEN o.state
    WHEN e.from_state = ANY(%(good)s) THEN e.from_state
    ELSE 'later:' || COALESCE((SELECT n.state FROM {table} n
      WHERE {same} AND n.state <> 'superseded' ORDER BY n.id DESC LIMIT 1), '') END AS state, count(*) AS
      count
  FROM {table} o LEFT JOIN LATERAL (SELECT from_state FROM customs_documentevent e
    WHERE o.state = 'superseded' AND e.document_id = o.id AND e.verb = 'supersede'
    ORDER BY e.at DESC LIMIT 1) e ON TRUE
  WHERE o.message_id = m.submission_id GROUP BY 1) s ON TRUE
WHERE m.submission_id = ANY(%(ids)s::uuid[])
"""


def joint_states(kind: str, message_ids: Sequence[UUID]) -> dict[UUID, str]:
    """The joint state of messages of one kind of document (`registry.Kind.joint_state`)."""
    states: dict[UUID, Counter[str]] = defaultdict(Counter)
    missing: dict[UUID, int] = {}
    with connection.cursor() as cursor:
        params: dict[str, Any] = {"ids": list(message_ids), "good": sorted(map(str, GOOD[kind]))}
        cursor.execute(_COUNTS.format(table=TABLES[kind], same=SAME_NUMBER[kind]), params)
        for message, state, count, documents, loaded in cursor.fetchall():
            states[message][state or ""] += count
            missing[message] = documents - states[message].total() if loaded else 0
    for message, count in missing.items():
        states[message][NOT_TAKEN] += count
    return {key: joint_state(kind, states[key]) for key in message_ids}


def joint_state(kind: str, states: Mapping[str, int]) -> str:
    """One word for the documents of a message, from the number in each state.

    What the sender has to correct comes first. A document that a later version replaced counts as that
    version does, except that correcting it is not asked for here as well.
    """
    present = {state for state, count in states.items() if count > 0}
    own = {state for state in present if not state.startswith(LATER)}
    later = {state.removeprefix(LATER) for state in present - own}
    good = (own | later) & GOOD[kind]
    if own & TO_CORRECT:
        return SubmissionState.ACTION_NEEDED
    pending = (own - TERMINAL - {NOT_TAKEN}) | (later - (TERMINAL - TO_CORRECT))
    if not present or pending - good:
        return SubmissionState.IN_PROGRESS
    if own | later == good:
        return SubmissionState.ACCEPTED
    return SubmissionState.PARTLY_ACCEPTED if good else SubmissionState.REFUSED


def recompute_messages(message_ids: Iterable[UUID], by: Actor = SYSTEM, *, why: str = "") -> None:
    """Bring the submissions of these messages up to date; last in a transaction."""
    ids = list(dict.fromkeys(message_ids))
    if ids:
        recompute(ids, by, why=why)


def earlier_messages(kind: str, document_ids: Iterable[UUID]) -> list[UUID]:
    """The messages in which earlier, replaced versions of these documents are."""
    return _earlier(kind, "n.id", document_ids)


def earlier_messages_of(kind: str, message_ids: Iterable[UUID]) -> list[UUID]:
    """The messages in which earlier, replaced versions of these messages' documents are."""
    return _earlier(kind, "n.message_id", message_ids)


def _earlier(kind: str, column: str, ids: Iterable[UUID]) -> list[UUID]:
    table = TABLES[kind]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT o.message_id FROM {table} n JOIN {table} o ON {SAME_NUMBER[kind]}"  # noqa: S608
            f" WHERE {column} = ANY(%s::uuid[]) AND n.version > 1 AND o.state = 'superseded'",
            [array(ids)],
        )
        return [row[0] for row in cursor.fetchall()]

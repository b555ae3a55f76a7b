"""The joint state of a customs message, computed from its documents; and which messages a set of them is
in.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.db import connection

from customs.lifecycle import ALL, TABLES, TERMINAL, TO_CORRECT
from customs.models import DocumentState as S
from submissions.joint import recompute
from submissions.models import SubmissionState
from trail.actors import SYSTEM, Actor

# An order, payment or waybill is done once customs has stored it; a list once it may leave.
GOOD: Mapping[str, frozenset[str]] = {
    "order": frozenset({S.STORED}),
    "payment": frozenset({S.STORED}),
    "waybill": frozenset({S.STORED}),
    "inventory": frozenset({S.RELEASED, S.CLOSED}),
}
KIND_OF_TYPE = {"CEB311": "order", "CEB411": "payment", "CEB511": "waybill", "CEB621": "inventory"}

NOT_TAKEN = "not_taken"  # documents that could not be loaded (their number is taken, say)

# A replaced document counts as what it was when it was replaced: a stored payment was accepted.
_COUNTS = """
SELECT m.submission_id, s.state, COALESCE(s.count, 0), m.document_count, m.loaded_at IS NOT NULL
FROM customs_cebmessage m LEFT JOIN LATERAL (
  SELECT CASE WHEN d.state = 'superseded' THEN 'superseded:' || COALESCE((
    SELECT e.from_state FROM customs_documentevent e
    WHERE e.document_id = d.id AND e.verb = 'supersede' ORDER BY e.at DESC LIMIT 1), '') ELSE d.state END
    AS state, count(*) AS count
  FROM {table} d WHERE d.message_id = m.submission_id GROUP BY 1) s ON TRUE
WHERE m.submission_id = ANY(%s::uuid[])
"""


def joint_states(kind: str, message_ids: Sequence[UUID]) -> dict[UUID, str]:
    """The joint state of messages of one kind of document (`registry.Kind.joint_state`)."""
    states: dict[UUID, Counter[str]] = defaultdict(Counter)
    missing: dict[UUID, int] = {}
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS.format(table=TABLES[kind]), [list(message_ids)])
        for message, state, count, documents, loaded in cursor.fetchall():
            states[message][state or ""] += count
            missing[message] = documents - states[message].total() if loaded else 0
    for message, count in missing.items():
        states[message][NOT_TAKEN] += count
    return {key: joint_state(kind, states[key]) for key in message_ids}


def joint_state(kind: str, states: Mapping[str, int]) -> str:
    """One word for the documents of a message, from the number in each state.

    What the sender has to correct comes first; what is replaced by a later version no longer counts unless
    nothing else is left.
    """
    present = {state for state, count in states.items() if count > 0}
    live = {state for state in present if not state.startswith("superseded")}
    counted = live or {state.removeprefix("superseded:") for state in present}
    good = counted & GOOD[kind]
    if live & TO_CORRECT:
        return SubmissionState.ACTION_NEEDED
    if not counted or live - TERMINAL - good - {NOT_TAKEN}:
        return SubmissionState.IN_PROGRESS
    if counted == good:
        return SubmissionState.ACCEPTED
    return SubmissionState.PARTLY_ACCEPTED if good else SubmissionState.REFUSED


def recompute_messages(message_ids: Iterable[UUID], by: Actor = SYSTEM, *, why: str = "") -> None:
    """Bring the submissions of these messages up to date; last in a transaction."""
    ids = list(dict.fromkeys(message_ids))
    if ids:
        recompute(ids, by, why=why)


def recompute_documents(kind: str, ids: Iterable[UUID], by: Actor = SYSTEM, *, why: str = "") -> None:
    """The same for the messages in which these documents are (after `supersede`, say)."""
    if kind not in ALL:
        raise ValueError(kind)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT message_id FROM {TABLES[kind]} WHERE id = ANY(%s::uuid[])",  # noqa: S608
            [list(ids)],
        )
        recompute_messages([row[0] for row in cursor.fetchall()], by, why=why)

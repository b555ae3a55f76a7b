"""Customs' replies: found by business number, ordered by customs' own time, applied in sets.

Whatever arrives is kept, one `CustomsReply` a document. Its outcome says what became of it:

- applied: it decided the state;
- late: a newer reply, or a later version of the document, had decided already; kept, and its numbers
  filled in;
- repeated: customs had said exactly this before;
- out_of_place: newer, but the table has no such way (a released list is not stored again);
- unknown_status: a status of no meaning here;
- unknown_number: no document of that number is here yet. Tried again when one is loaded, and by the sweep.

Replies come early (before our own settle), late, twice and in any order; the returnTime decides, not the
arrival.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import cast
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max

from customs.apart import apart
from customs.consequences import follow
from customs.gateway.messages import BEIJING, NotForUs, Said, beijing_time, moment_of, read_replies
from customs.lifecycle import CUSTOMS, EPORT, TABLES, Step, said_by_eport, take, verb_of
from customs.models import CustomsReply
from customs.numbers import MODELS, Document, documents_of, number_of
from customs.senders import LIST_KINDS
from reference.keys import uuid7
from reference.problems import Refused
from submissions import decisions
from submissions.inbox import Park
from submissions.models import InboxMessage

APPLIED, LATE, REPEATED = "applied", "late", "repeated"
OUT_OF_PLACE, UNKNOWN_STATUS, UNKNOWN_NUMBER = "out_of_place", "unknown_status", "unknown_number"
# The wire allows two clocks to differ by this much; a reply is not held to be older for less.
SKEW = timedelta(seconds=300)
_WIDE = {"inventory": ("findings", "tax_working"), "export_list": ("findings",)}
BATCH = 500  # unknown numbers looked up in one sweep


def read_inbox(inbox: InboxMessage, body: bytes) -> None:
    """The inbox reader of the agency `customs`, in the inbox's transaction; a second run adds nothing.

    Its offices besides the E-port (registration) speak the offices' JSON.
    """
    if body.lstrip()[:1] == b"{":
        decisions.read(inbox, body)
        return
    try:
        said = read_replies(body, inbox.received_at)
    except (Refused, NotForUs) as error:
        raise Park(str(error)) from error
    held = set(CustomsReply.objects.filter(inbox_id=inbox.id).values_list("index", flat=True))
    rows = {one: _row(inbox, one) for one in said if one.index not in held}
    if rows:
        _settle(list(rows.values()), {row.id: one.guid for one, row in rows.items()})
        CustomsReply.objects.bulk_create(rows.values())


def _row(inbox: InboxMessage, said: Said) -> CustomsReply:
    return CustomsReply(
        id=uuid7(),
        inbox_id=inbox.id,
        index=said.index,
        kind=said.kind,
        scope=said.scope,
        number=said.number,
        status=said.status,
        code=said.code,
        info=said.info,
        pre_no=said.pre_no,
        invt_no=said.invt_no,
        return_time=said.return_time,
        outcome=UNKNOWN_NUMBER,
    )


def reconsider(kind: str, keys: Iterable[tuple[str, str]]) -> int:
    """Try the parked replies for these (scope, number) again, now that such documents are loaded.

    Call it in the transaction that loads them, after their keys are claimed. How many found their document.
    """
    wanted = set(keys)
    if not wanted:
        return 0
    parked = CustomsReply.objects.filter(
        kind=kind, outcome=UNKNOWN_NUMBER, number__in={number for _scope, number in wanted}
    )
    return _again([one for one in parked if (one.scope, one.number) in wanted or not one.scope])


def reconsider_parked(limit: int = BATCH) -> int:
    """The sweep's share: a reply may have come while its document was being loaded."""
    parked = CustomsReply.objects.filter(outcome=UNKNOWN_NUMBER).order_by("-received_at")[:limit]
    return sum(apart(_again, rows) for rows in _by_kind(parked).values())


@transaction.atomic
def _again(parked: Sequence[CustomsReply]) -> int:
    """One kind, one transaction: documents are locked before submissions, never after."""
    known = documents_of(parked)
    found = [one for one in parked if one.id in known]
    if found:
        locked = CustomsReply.objects.select_for_update(skip_locked=True).filter(
            id__in=[one.id for one in found], outcome=UNKNOWN_NUMBER
        )
        found = list(locked.order_by("return_time"))
        _settle(found)
        CustomsReply.objects.bulk_update(found, ["document_id", "outcome"])
    return len(found)


def _by_kind(replies: Iterable[CustomsReply]) -> dict[str, list[CustomsReply]]:
    kinds: defaultdict[str, list[CustomsReply]] = defaultdict(list)
    for one in replies:
        kinds[one.kind].append(one)
    return kinds


def _settle(replies: Sequence[CustomsReply], guids: Mapping[UUID, str] | None = None) -> None:
    """Give each reply its document and its outcome, and the documents what follows from them. Saves no
    reply.
    """
    for kind, rows in _by_kind(replies).items():
        known = documents_of(rows, guids or {})
        for one in rows:
            one.document_id = known.get(one.id)
        _apply(kind, [one for one in rows if one.document_id])


# --- applying ---------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Decided:
    """Where a document stands while the replies of one message are gone through."""

    return_time: str
    floor: str  # an older reply speaks of an earlier version


def _apply(kind: str, replies: Sequence[CustomsReply]) -> None:
    ids = {cast(UUID, one.document_id) for one in replies}
    documents = _locked(kind, ids)
    _mark_repeated(replies)
    standing = {
        key: Decided(document.return_time, floor)
        for key, (document, floor) in _floors(kind, documents).items()
    }
    fresh = [one for one in replies if one.outcome != REPEATED]
    moved = [
        (documents[key], state, reply)
        for row in _rounds(fresh)
        for key, state, reply in _one_round(kind, row, standing)
    ]
    if kind in LIST_KINDS:
        _fill_numbers(kind, [one for one in fresh if one.outcome in (APPLIED, LATE)], standing)
    if moved:
        follow(kind, moved)


def _locked(kind: str, ids: set[UUID]) -> dict[UUID, Document]:
    """The documents, locked in the order of their keys until the transaction ends."""
    wide = ("personal", "checks", *_WIDE.get(kind, ()))
    rows = MODELS[kind].objects.filter(pk__in=ids).select_related("message").defer(*wide)
    return {one.pk: one for one in rows.order_by("pk").select_for_update(of=("self",))}


def _mark_repeated(replies: Sequence[CustomsReply]) -> None:
    """What customs has said before in the same words for the same moment."""
    fields = ("document_id", "status", "return_time", "info")
    before = CustomsReply.objects.filter(document_id__in={one.document_id for one in replies}).exclude(
        outcome=UNKNOWN_NUMBER
    )
    seen = set(before.values_list(*fields))
    for one in replies:
        same = (one.document_id, one.status, one.return_time, one.info)
        one.outcome = REPEATED if same in seen else LATE
        seen.add(same)


def _floors(kind: str, documents: Mapping[UUID, Document]) -> dict[UUID, tuple[Document, str]]:
    """What a reply must not be older than to speak of this version and not of the one before.

    The earlier version's last reply (strictly), and the moment of declaration: the sender's clock or ours,
    whichever is earlier, and less the skew that the wire allows.
    """
    later = [document for document in documents.values() if document.version > 1]
    last = _last_of_earlier_versions(kind, later) if later else {}
    floors = dict.fromkeys(documents, "")
    for document in later:
        declared = min(filter(None, (moment_of(document.app_time), document.message.received_at)))
        start = beijing_time(declared - SKEW)
        previous = last.get(document.pk, "")
        floors[document.pk] = max(start, _after(previous) if previous else "")
    return {key: (document, floors[key]) for key, document in documents.items()}


def _after(return_time: str) -> str:
    moment = moment_of(return_time) or datetime.min.replace(tzinfo=BEIJING)
    return beijing_time(moment + timedelta(milliseconds=1))


def _last_of_earlier_versions(kind: str, documents: Sequence[Document]) -> dict[UUID, str]:
    """Newest reply that was given to another document of the same number."""
    by_number = {number_of(document): document.pk for document in documents}
    rows = (
        CustomsReply.objects.filter(kind=kind, number__in={number for _scope, number in by_number})
        .exclude(document_id__in=by_number.values())
        .exclude(outcome=UNKNOWN_NUMBER)
        .values_list("scope", "number")
        .annotate(last=Max("return_time"))
    )
    return {by_number[scope, number]: last for scope, number, last in rows if (scope, number) in by_number}


def _rounds(replies: Sequence[CustomsReply]) -> Iterable[list[CustomsReply]]:
    """Each document's replies in the order of customs' time, one a round: a set moves a document once."""
    queues: defaultdict[UUID, list[CustomsReply]] = defaultdict(list)
    for one in sorted(replies, key=lambda one: (one.return_time, one.index)):
        queues[cast(UUID, one.document_id)].append(one)
    for row in zip_longest(*queues.values()):
        yield [one for one in row if one is not None]


def _one_round(
    kind: str, replies: Sequence[CustomsReply], standing: Mapping[UUID, Decided]
) -> list[tuple[UUID, str, CustomsReply]]:
    """Apply one reply a document; the documents that moved, with their new state."""
    steps: dict[bool, list[Step]] = {True: [], False: []}
    of = {cast(UUID, one.document_id): one for one in replies}
    for key, one in of.items():
        verb = verb_of(one.status)
        decided = standing[key]
        if verb is None:
            one.outcome = UNKNOWN_STATUS
        elif one.return_time < max(decided.return_time, decided.floor):
            one.outcome = LATE
        else:
            one.outcome = OUT_OF_PLACE
            steps[said_by_eport(one.status)].append(_step(one, verb, decided.floor))
    moved: list[tuple[UUID, str, CustomsReply]] = []
    for eport, some in steps.items():
        for key, state in take(kind, some, by=EPORT if eport else CUSTOMS).items():
            of[key].outcome = APPLIED
            standing[key].return_time = of[key].return_time
            moved.append((key, state, of[key]))
    return moved


def _step(reply: CustomsReply, verb: str, floor: str) -> Step:
    return Step(
        id=cast(UUID, reply.document_id),
        verb=verb,
        why=reply.info,
        reply_id=reply.id,
        return_time=reply.return_time,
        code=reply.code,
        info=reply.info,
        not_before=floor,
        said_at=moment_of(reply.return_time),
    )


_FILL = """
UPDATE {table} d
SET pre_no = CASE WHEN n.pre_no <> '' AND (n.applied OR d.pre_no = '') THEN n.pre_no ELSE d.pre_no END,
    invt_no = CASE WHEN n.invt_no <> '' AND (n.applied OR d.invt_no = '') THEN n.invt_no ELSE d.invt_no END
FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::bool[]) AS n(id, pre_no, invt_no, applied)
WHERE d.id = n.id
"""


def _fill_numbers(kind: str, replies: Sequence[CustomsReply], standing: Mapping[UUID, Decided]) -> None:
    """Pre-entry and list number, also from replies that came late but speak of this version."""
    best: dict[UUID, tuple[str, str, bool]] = {}
    ours = [one for one in replies if one.return_time >= standing[cast(UUID, one.document_id)].floor]
    for one in sorted(ours, key=lambda one: one.return_time):
        key = cast(UUID, one.document_id)
        pre, invt, applied = best.get(key, ("", "", False))
        best[key] = (one.pre_no or pre, one.invt_no or invt, applied or one.outcome == APPLIED)
    rows = [(key, *numbers) for key, numbers in best.items() if numbers[0] or numbers[1]]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(
                _FILL.format(table=TABLES[kind]), [list(column) for column in zip(*rows, strict=True)]
            )

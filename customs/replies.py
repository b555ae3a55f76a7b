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

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max

from customs.apart import apart
from customs.consequences import Moved, follow
from customs.gateway.messages import BEIJING, NotForUs, Said, beijing_time, moment_of, read_replies
from customs.heard import (
    APPLIED,
    LATE,
    OUT_OF_PLACE,
    REPEATED,
    UNKNOWN_NUMBER,
    UNKNOWN_STATUS,
    Heard,
    again,
    by_kind,
    heard,
    keep,
)
from customs.joint import recompute_messages
from customs.lifecycle import CUSTOMS, EPORT, said_by_eport, verb_of
from customs.lifecycle.replied import Standing, Step, Taken, locked, take, write, write_numbers
from customs.models import CustomsReply
from customs.numbers import MODELS, documents_of, number_of
from customs.senders import LIST_KINDS
from reference.problems import Refused
from reference.sets import array
from submissions import decisions
from submissions.inbox import Apart, Park
from submissions.models import InboxMessage

__all__ = ["APPLIED", "LATE", "OUT_OF_PLACE", "REPEATED", "UNKNOWN_NUMBER", "UNKNOWN_STATUS"]

# The wire allows two clocks to differ by this much; a reply is not held to be older for less.
SKEW = timedelta(seconds=300)
BATCH = 500  # unknown numbers looked up in one sweep


def read_inbox(inbox: InboxMessage, body: bytes) -> None:
    """The inbox reader of the agency `customs`, in the inbox's transaction; a second run adds nothing.

    Its offices besides the E-port (registration) speak the offices' JSON.
    """
    if _is_json(body):
        decisions.read(inbox, body)
    else:
        read_set([(inbox, body)])


def read_set(messages: Sequence[tuple[InboxMessage, bytes]]) -> None:
    """Read several messages as one: what they say of a document goes in the order of customs' time."""
    if any(_is_json(body) for _inbox, body in messages):
        raise Apart
    said = {inbox.id: _read(inbox, body) for inbox, body in messages}
    held = set(CustomsReply.objects.filter(inbox_id__in=list(said)).values_list("inbox_id", "index"))
    replies = [one for key, some in said.items() for one in heard(key, some)]
    if held:
        replies = [one for one in replies if (one.inbox_id, one.said.index) not in held]
    _settle(replies)
    keep(replies)


def _is_json(body: bytes) -> bool:
    return body.lstrip()[:1] == b"{"


def _read(inbox: InboxMessage, body: bytes) -> list[Said]:
    try:
        return read_replies(body, inbox.received_at)
    except (Refused, NotForUs) as error:
        raise Park(str(error)) from error


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
    kinds: dict[str, list[CustomsReply]] = {}
    for one in parked:
        kinds.setdefault(one.kind, []).append(one)
    return sum(apart(_again, rows) for rows in kinds.values())


@transaction.atomic
def _again(parked: Sequence[CustomsReply]) -> int:
    """One kind, one transaction: documents are locked before submissions, never after."""
    known = documents_of([again(one) for one in parked])
    if not known:
        return 0
    rows = CustomsReply.objects.select_for_update(skip_locked=True).filter(
        id__in=[one.id for one in known], outcome=UNKNOWN_NUMBER
    )
    found = list(rows.order_by("return_time"))
    replies = [again(one) for one in found]
    _settle(replies)
    for row, one in zip(found, replies, strict=True):
        row.document_id, row.outcome = one.document_id, one.outcome
    CustomsReply.objects.bulk_update(found, ["document_id", "outcome"])
    return len(found)


def _settle(replies: Sequence[Heard]) -> None:
    """Give each reply its document and its outcome, and the documents what follows from them. Saves no
    reply.

    Documents of several kinds are locked in one order of kinds, and submissions after all of them.
    """
    messages: list[UUID] = []
    for kind, rows in by_kind(replies).items():
        messages += _apply(kind, documents_of(rows))
    recompute_messages(messages, CUSTOMS)


# --- applying ---------------------------------------------------------------------------------------------


def _apply(kind: str, found: Mapping[Heard, UUID]) -> list[UUID]:
    """Each document's replies go in the order of customs' time, whatever the order in which they came.

    The messages whose joint state may be another now.
    """
    if not found:
        return []
    documents = locked(kind, found.values())
    about = {one: documents[key] for one, key in found.items()}
    _mark_repeated(about, documents)
    _set_floors(kind, [one for one in documents.values() if one.version > 1])
    taken: list[Taken] = []
    moved: list[Moved] = []
    for one in sorted(about, key=lambda one: one.said.return_time):
        if one.outcome == REPEATED:
            continue
        document = about[one]
        step = _step(kind, one, document)
        if kind in LIST_KINDS and one.outcome in (APPLIED, LATE):
            _number(document, one)
        if step:
            taken.append(step)
            moved.append(Moved(document, step.to_state, one.said, document.pre_no, document.invt_no))
    write(kind, taken)
    write_numbers(kind, documents.values())
    return follow(kind, moved) if moved else []


_BEFORE = """
SELECT document_id, status, return_time, info FROM customs_customsreply
WHERE document_id = ANY(%s::uuid[]) AND return_time = ANY(%s::text[]) AND outcome <> %s
"""


def _mark_repeated(about: Mapping[Heard, Standing], documents: Mapping[UUID, Standing]) -> None:
    """What customs has said before in the same words for the same moment."""
    with connection.cursor() as cursor:
        times = {one.said.return_time for one in about}
        cursor.execute(_BEFORE, [array(documents), array(times), UNKNOWN_NUMBER])
        before = cursor.fetchall()
    seen = {(documents[key], *words) for key, *words in before}
    for one, document in about.items():
        same = (document, one.said.status, one.said.return_time, one.said.info)
        one.document_id = document.id
        one.outcome = REPEATED if same in seen else LATE
        seen.add(same)


def _step(kind: str, one: Heard, document: Standing) -> Taken | None:
    """Say what becomes of one reply, and take its step."""
    said = one.said
    verb = verb_of(said.status)
    if verb is None:
        one.outcome = UNKNOWN_STATUS
        return None
    if said.return_time < document.decided:
        return None  # late
    by = EPORT if said_by_eport(said.status) else CUSTOMS
    taken = take(kind, Step(document, verb, by, one.id, said.return_time, said.code, said.info))
    one.outcome = APPLIED if taken else OUT_OF_PLACE
    return taken


def _number(document: Standing, one: Heard) -> None:
    """Pre-entry and list number, also from a reply that came late but speaks of this version."""
    said = one.said
    if said.return_time >= document.floor:
        if said.pre_no and (one.outcome == APPLIED or not document.pre_no):
            document.pre_no = said.pre_no
        if said.invt_no and (one.outcome == APPLIED or not document.invt_no):
            document.invt_no = said.invt_no


# --- versions ---------------------------------------------------------------------------------------------


def _set_floors(kind: str, later: Sequence[Standing]) -> None:
    """What a reply must not be older than to speak of this version and not of the one before.

    The earlier version's last reply (strictly), and the moment of declaration: the sender's clock or ours,
    whichever is earlier, and less the skew that the wire allows.
    """
    if not later:
        return
    rows = MODELS[kind].objects.select_related("message").in_bulk([one.id for one in later])
    last = _last_of_earlier_versions(kind, {number_of(row): key for key, row in rows.items()})
    for one in later:
        row = rows[one.id]
        declared = min(filter(None, (moment_of(row.app_time), row.message.received_at)))
        previous = last.get(one.id, "")
        one.floor = max(beijing_time(declared - SKEW), _after(previous) if previous else "")


def _after(return_time: str) -> str:
    moment = moment_of(return_time) or datetime.min.replace(tzinfo=BEIJING)
    return beijing_time(moment + timedelta(milliseconds=1))


def _last_of_earlier_versions(kind: str, by_number: Mapping[tuple[str, str], UUID]) -> dict[UUID, str]:
    """Newest reply that was given to another document of the same number."""
    rows = (
        CustomsReply.objects.filter(kind=kind, number__in={number for _scope, number in by_number})
        .exclude(document_id__in=by_number.values())
        .exclude(outcome=UNKNOWN_NUMBER)
        .values_list("scope", "number")
        .annotate(last=Max("return_time"))
    )
    return {by_number[scope, number]: last for scope, number, last in rows if (scope, number) in by_number}

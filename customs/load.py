"""From a message to rows: COPY, numbers claimed in sets, older versions replaced; then the match.

A message is loaded in the transaction that takes it in, from the one reading of its bytes. Where that fails it is
stored all the same, and a worker loads it from its payload, one transaction a message, `loaded_at` set in it: a
worker that dies leaves nothing behind and the sweep starts again. Matching is a later transaction, begun when the
first is visible to all, so that of two messages loaded at the same moment the later one always sees both.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Q, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from accounts.models import Company
from accounts.selectors import companies_by_codes
from customs import corrections, lifecycle, limits, match
from customs.ceb import Message, read
from customs.ceb.business import business_problems
from customs.claims import Candidate, claim
from customs.models import CebMessage
from customs.rows import DOCUMENTS, LINES, codes_in, document_row, line_rows
from customs.senders import SENDINGS
from reference.keys import uuid7s
from reference.problems import Problem
from reference.sets import copy
from submissions.services import unseal_payload
from trail.actors import SYSTEM

log = logging.getLogger(__name__)

_PLACE = re.compile(r"^/[^/]+/[^/\[]+\[(\d+)\](.*)$")
# Said by `claim`, with better knowledge.
_SAID_ELSEWHERE = frozenset({"ceb.business.twice"})


def load_message(submission_id: UUID) -> int:
    """Load a received message and match what it touches; the number of documents loaded now.

    Safe to repeat at any time. A message already loaded is only matched again.
    """
    loaded = _load_one(submission_id)
    match.match_message(submission_id)
    return loaded


def load_stored(submission_ids: Sequence[UUID]) -> int:
    """Load those that were stored unloaded; the number of documents loaded now."""
    waiting = CebMessage.objects.filter(pk__in=submission_ids, loaded_at__isnull=True)
    return sum(map(_load_one, waiting.order_by("pk").values_list("pk", flat=True)))


def _load_one(submission_id: UUID) -> int:
    try:
        with transaction.atomic():
            return _load(submission_id)
    except _TooEarly as early:
        for older in early.older:
            load_message(older)
        with transaction.atomic():
            return _load(submission_id, wait=False)


# So often a message is tried before it is parked (see `parking.py`).
TRIES = 8


def to_load(limit: int = 100) -> list[UUID]:
    """Messages that stand unloaded, every sender's oldest, then every sender's second: for the sweep.

    So a sender whose messages cannot be loaded does not stand before the others.
    """
    turn = Window(RowNumber(), partition_by="sender", order_by="received_at")
    due = Q(load_after__isnull=True) | Q(load_after__lte=timezone.now())
    waiting = CebMessage.objects.filter(due, loaded_at__isnull=True, load_tries__lt=TRIES).annotate(turn=turn)
    return list(waiting.order_by("turn", "received_at").values_list("pk", flat=True)[:limit])


class _TooEarly(Exception):
    """A change came before its first version was loaded: the sender's older messages must be loaded first."""

    def __init__(self, older: list[UUID]) -> None:
        super().__init__(older)
        self.older = older


def load_at_once(stored: CebMessage, message: Message, companies: Mapping[str, Company]) -> bool:
    """Load a message in the transaction that stores it; False when that is left to a worker.

    Nothing is lost by it: the payload is stored, and the worker finds the same fault and tells it.
    """
    try:
        with transaction.atomic():
            _load_documents(stored, message, companies)
    except _TooEarly:
        return False
    except Exception:
        log.exception("message %s is left to a worker", stored.pk)
        stored.loaded_at = None
        return False
    return True


def _load(submission_id: UUID, *, wait: bool = True) -> int:
    row = CebMessage.objects.select_for_update(of=("self",)).select_related("sender", "submission")
    stored = row.get(pk=submission_id)
    if stored.loaded_at is not None:
        return 0
    message = read(unseal_payload(stored.submission))
    companies = companies_by_codes(codes_in(message.type, message.documents))
    return _load_documents(stored, message, companies, wait=wait)


def _load_documents(
    stored: CebMessage, message: Message, companies: Mapping[str, Company], *, wait: bool = True
) -> int:
    """`companies`: those that the documents name, by code.

    `_TooEarly` when the sender's older messages must come first and `wait` says to wait for them.
    """
    candidates = [
        Candidate(stored.type, document, key, stored.sender.uscc)
        for document, key in zip(message.documents, uuid7s(len(message.documents)), strict=True)
    ]
    claim(candidates)
    unknown = any(problem.code == "customs.change.unknown" for one in candidates for problem in one.problems)
    if wait and unknown and (older := _older(stored)):
        raise _TooEarly(older)
    _replace(stored.type, [one for one in candidates if one.replaces and not one.problems])
    accepted = [one for one in candidates if not one.problems]
    _copy(stored, message, accepted, companies)
    stored.problems += [problem.as_stored() for one in candidates for problem in one.problems]
    stored.loaded_at = timezone.now()
    stored.save(update_fields=["problems", "loaded_at"])
    return len(accepted)


def _older(message: CebMessage) -> list[UUID]:
    """The sender's unloaded messages of this type that were handed in before this one."""
    same = CebMessage.objects.filter(
        sender_id=message.sender_id, type=message.type, loaded_at__isnull=True, load_tries__lt=TRIES
    )
    return list(same.filter(pk__lt=message.pk).order_by("pk").values_list("pk", flat=True))


def _replace(type_: str, candidates: Sequence[Candidate]) -> None:
    """The older versions leave the stage; a list gives back what it had counted."""
    kind = SENDINGS[type_].document
    new = {one.replaces: one for one in candidates if one.replaces}
    moved = lifecycle.advance(kind, list(new), verb="supersede", by=SYSTEM)
    if stuck := new.keys() - moved:
        raise RuntimeError(f"{kind} {sorted(map(str, stuck))} cannot be replaced although the rules allow it")
    if kind == "inventory":
        limits.give_back(moved)
    if kind == "payment":
        corrections.tell(sorted(moved))


def _copy(
    stored: CebMessage, message: Message, accepted: Sequence[Candidate], companies: Mapping[str, Company]
) -> None:
    type_ = stored.type
    checks = _checks(message)
    rows = []
    for one in accepted:
        values = document_row(
            type_, one.document, key=one.key, message_id=stored.pk, companies=companies, sender=stored.sender
        )
        rows.append(values | {"version": one.version, "checks": checks.get(one.document.index, [])})
    copy(DOCUMENTS[type_], rows)
    if type_ in LINES:
        copy(LINES[type_][0], [row for one in accepted for row in line_rows(type_, one.document, one.key)])
    lifecycle.born(SENDINGS[type_].document, [one.key for one in accepted], by=SYSTEM)


def _checks(message: Message) -> Mapping[int, list[dict[str, object]]]:
    """What each document says wrong by itself, by its index; paths from the document on."""
    found: dict[int, list[dict[str, object]]] = {}
    for problem in business_problems([message]):
        at = _PLACE.match(problem.path)
        if at and problem.code not in _SAID_ELSEWHERE:
            inside = Problem(problem.code, at[2], problem.message, problem.params, problem.level)
            found.setdefault(int(at[1]), []).append(inside.as_stored())
    return found

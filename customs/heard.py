"""Replies on their way to their rows: what was said, of which document, and what became of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from uuid import UUID

from customs.gateway.messages import Said
from customs.lifecycle import ALL
from customs.models import CustomsReply
from reference.keys import uuid7s
from reference.sets import copy_tuples

APPLIED, LATE, REPEATED = "applied", "late", "repeated"
OUT_OF_PLACE, UNKNOWN_STATUS, UNKNOWN_NUMBER = "out_of_place", "unknown_status", "unknown_number"

_OWN = ("id", "inbox_id", "document_id", "outcome")
_SAID = ("kind", "index", "scope", "number", "status", "return_time", "info", "code", "pre_no", "invt_no")
_own, _said = attrgetter(*_OWN), attrgetter(*_SAID)


@dataclass(slots=True, eq=False)
class Heard:
    """One reply for one document. `outcome`: see `customs/replies.py`."""

    id: UUID
    inbox_id: UUID
    said: Said
    document_id: UUID | None = None
    outcome: str = UNKNOWN_NUMBER


def heard(inbox_id: UUID, said: Sequence[Said]) -> list[Heard]:
    """The replies of one message, with keys that rise as they stand in it."""
    return [Heard(key, inbox_id, one) for key, one in zip(uuid7s(len(said)), said, strict=True)]


def again(row: CustomsReply) -> Heard:
    """A reply that was kept, to be gone through once more."""
    said = Said(**{name: getattr(row, name) for name in _SAID})
    return Heard(row.id, row.inbox_id, said, row.document_id, row.outcome)


def keep(replies: Sequence[Heard]) -> None:
    """Insert them, in one COPY."""
    copy_tuples(CustomsReply, (*_OWN, *_SAID), [(*_own(one), *_said(one.said)) for one in replies])


def by_kind(replies: Iterable[Heard]) -> dict[str, list[Heard]]:
    """The replies of each kind of document; kinds in the order in which their documents are locked."""
    kinds: defaultdict[str, list[Heard]] = defaultdict(list)
    for one in replies:
        kinds[one.said.kind].append(one)
    return {kind: kinds[kind] for kind in ALL if kind in kinds}

"""What follows when replies have moved documents: limits given back, notices, change feed, hooks, joint
states.

In the transaction of the reply, set by set: the number of statements does not grow with the number of
documents.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from accounts.selectors import companies_by_codes
from customs.gateway.messages import Said
from customs.joint import earlier_messages
from customs.lifecycle import CUSTOMS, TO_CORRECT, said_by_eport
from customs.lifecycle.replied import Standing
from customs.limits import give_back
from customs.models import CebMessage
from customs.models import DocumentState as S
from customs.notices import notice_code
from customs.presenters import list_url
from customs.senders import LIST_KINDS
from reference.keys import uuid7s
from reference.sets import copy_tuples
from submissions.feed import NewChange, publish_many
from submissions.models import Notice
from submissions.registry import Happened, run_hooks

AGENCY = "customs"
# What the change feed and hooks call a document.
OBJECTS = {
    "order": "order", "payment": "payment", "waybill": "waybill", "inventory": "list", "export_order": "export-order",
    "collection": "export-collection", "export_waybill": "export-waybill", "export_list": "export-list",
    "arrival": "export-arrival", "manifest": "export-manifest", "departure": "export-departure",
}  # fmt: skip
TOLD = frozenset({S.RETURNED, S.EPORT_REFUSED, S.RELEASED, S.INSPECTION, S.DETAINED, S.SENT_BACK})
# What customs tell the declarant's side (or the sender of a document), not the other parties.
UNTOLD = frozenset({"code", "words", "pre_no", "invt_no"})
NAMED = 5  # numbers spelled out in one notice

Near = Mapping[Standing, frozenset[int]]


class Moved(NamedTuple):
    """A document that a reply has moved, its new state, and customs' numbers as they were then."""

    document: Standing
    state: str
    said: Said
    pre_no: str
    invt_no: str


def follow(kind: str, moved: Sequence[Moved]) -> list[UUID]:
    """Everything that a set of moves by replies entails; moves of one document stand in the order of time.

    Joint states are the caller's to recompute, when no document is to be locked any more: the messages.
    """
    last = {one.document: one for one in moved}
    near = _near(kind, list(last))
    _publish(kind, moved, near)
    if kind == "inventory":
        back = [document.id for document, one in last.items() if one.state in TO_CORRECT]
        give_back(back, again=[document.id for document, one in last.items() if one.state not in TO_CORRECT])
        _run_happened("list-released", [one for one in moved if one.state == S.RELEASED])
    if kind == "export_list":
        _run_happened("export-list-released", [one for one in moved if one.state == S.RELEASED])
        _run_happened("export-list-closed", [one for one in moved if one.state == S.CLOSED])
    _notify(kind, [one for one in last.values() if one.state in _told(kind)], near)
    later = [document.id for document in last if document.version > 1]
    messages = [document.message_id for document in last]
    return [*messages, *(earlier_messages(kind, later) if later else ())]


def _publish(kind: str, moved: Sequence[Moved], near: Near) -> None:
    """A row for customs and those who are told its words; for the other parties one without the why."""
    changes = []
    for one in moved:
        document = one.document
        told, others = _apart(document.parties, near[document])
        data = _data(kind, one)
        about = (
            f"{OBJECTS[kind]}-{one.state.replace('_', '-')}",
            document.message_id,
            kind,
            str(document.id),
        )
        changes.append(NewChange(*about, data, told, (AGENCY,)))
        if others:
            less = {name: value for name, value in data.items() if name not in UNTOLD}
            changes.append(NewChange(*about, less, others))
    publish_many(changes)


@lru_cache(maxsize=1024)
def _apart(parties: tuple[int, ...], near: frozenset[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Who is told customs' words, and who is not."""
    return tuple(one for one in parties if one in near), tuple(one for one in parties if one not in near)


def _data(kind: str, one: Moved) -> dict[str, Any]:
    """A row for every party: customs' words are not in it, they are for those who may read the document whole."""
    said = one.said
    data: dict[str, Any] = {
        "number": said.number,
        "state": one.state,
        "status": said.status,
        "code": said.code,
        "said_by": "eport" if said_by_eport(said.status) else "customs",
        "return_time": said.return_time,
    }
    if kind in LIST_KINDS:
        data["order_no"] = one.document.called
        data["pre_no"] = said.pre_no or one.pre_no
        data["invt_no"] = said.invt_no or one.invt_no
    return data


def _told(kind: str) -> frozenset[str]:
    return TOLD | {S.CLOSED} if kind == "export_list" else TOLD


def _run_happened(event: str, moved: Sequence[Moved]) -> None:
    """Hooks `list-released`, `export-list-released`, `export-list-closed`: ids are those of the lists."""
    if moved:
        ids = tuple(one.document.id for one in moved)
        messages = tuple(sorted({one.document.message_id for one in moved}))
        run_hooks(Happened(event, ids, messages, CUSTOMS, "", moved[0].said.info))


# --- notices ----------------------------------------------------------------------------------------------

_NOTICE = ("id", "company_id", "submission_id", "code", "params", "url")


def _notify(kind: str, moved: Sequence[Moved], near: Near) -> None:
    """One notice per message, company and kind of news, however many documents it is about."""
    groups: defaultdict[tuple[UUID, int, str], list[Moved]] = defaultdict(list)
    for one in moved:
        for company in one.document.parties:
            code = notice_code(kind, one.state, one.said.code, near=company in near[one.document])
            groups[one.document.message_id, company, code].append(one)
    rows = [
        (
            *(key, company, message, code, _params(about)),
            list_url(about[0].document.id, kind) if kind in LIST_KINDS and len(about) == 1 else "",
        )
        for key, ((message, company, code), about) in zip(uuid7s(len(groups)), groups.items(), strict=True)
    ]
    copy_tuples(Notice, _NOTICE, rows)


def _params(rows: Sequence[Moved]) -> dict[str, str]:
    """Numbers and customs' words; never personal data."""
    numbers = list(dict.fromkeys(one.document.called for one in rows))
    words = dict.fromkeys(one.said.info for one in rows if one.said.info)
    shown = ", ".join(numbers[:NAMED]) + ("…" if len(numbers) > NAMED else "")
    return {"count": str(len(rows)), "numbers": shown, "words": " / ".join(list(words)[:NAMED])}


def _near(kind: str, documents: Sequence[Standing]) -> Near:
    """Who is told customs' words: of a list declarant, e-commerce firm and platform, of the others their
    sender.
    """
    if kind not in LIST_KINDS:
        messages = {one.message_id for one in documents}
        senders = CebMessage.objects.filter(pk__in=messages).values_list("pk", "sender_id")
        firms = {message: frozenset({sender}) for message, sender in senders}
        return {one: firms[one.message_id] for one in documents}
    codes = {code for one in documents for code in (one.agent_code, one.ebc_code, one.ebp_code)}
    companies = {code: company.pk for code, company in companies_by_codes(codes).items()}
    found = _firms(companies)
    return {one: found(one.agent_code, one.ebc_code, one.ebp_code) for one in documents}


def _firms(companies: Mapping[str, int]) -> Callable[..., frozenset[int]]:
    """The same three firms stand on many lists."""

    @cache
    def found(*codes: str) -> frozenset[int]:
        return frozenset(companies[code] for code in codes if code in companies)

    return found

"""What follows when replies have moved documents: limits given back, notices, change feed, hooks, joint
states.

In the transaction of the reply, set by set: the number of statements does not grow with the number of
documents.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from accounts.selectors import companies_by_codes
from customs.joint import earlier_messages, recompute_messages
from customs.lifecycle import CUSTOMS, TO_CORRECT, said_by_eport
from customs.limits import give_back
from customs.models import CustomsReply, ExportList, Inventory
from customs.models import DocumentState as S
from customs.notices import notice_code
from customs.presenters import list_url
from customs.senders import LIST_KINDS
from submissions.feed import NewChange, publish_many
from submissions.models import Notice
from submissions.registry import Happened, run_hooks

if TYPE_CHECKING:
    from customs.numbers import Document

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

Moved = tuple["Document", str, CustomsReply]


def follow(kind: str, moved: Sequence[Moved]) -> None:
    """Everything that a set of moves by replies entails; moves of one document stand in the order of time."""
    last = {document.pk: (document, state, reply) for document, state, reply in moved}
    _publish(kind, moved)
    if kind == "inventory":
        back = {key for key, (_document, state, _reply) in last.items() if state in TO_CORRECT}
        give_back(back, again=last.keys() - back)
        _run_happened("list-released", [one for one in moved if one[1] == S.RELEASED])
    if kind == "export_list":
        _run_happened("export-list-released", [one for one in moved if one[1] == S.RELEASED])
        _run_happened("export-list-closed", [one for one in moved if one[1] == S.CLOSED])
    _notify(kind, [one for one in last.values() if one[1] in _told(kind)])
    messages = [document.message_id for document, _state, _reply in moved]
    later = [document.pk for document, _state, _reply in moved if document.version > 1]
    recompute_messages([*messages, *(earlier_messages(kind, later) if later else ())], CUSTOMS)


def _publish(kind: str, moved: Sequence[Moved]) -> None:
    """A row for customs and those who are told its words; for the other parties one without the why."""
    near = _near(kind, [document for document, _state, _reply in moved])
    changes = []
    for document, state, reply in moved:
        whole = _change(kind, document, state, reply)
        others = set(document.parties) - near[document.pk]
        changes.append(replace(whole, parties=tuple(set(document.parties) - others)))
        if others:
            told = {name: value for name, value in whole.data.items() if name not in UNTOLD}
            changes.append(replace(whole, data=told, parties=tuple(others), agencies=()))
    publish_many(changes)


def _change(kind: str, document: Document, state: str, reply: CustomsReply) -> NewChange:
    """A row for every party: customs' words are not in it, they are for those who may read the document whole."""
    data: dict[str, Any] = {
        "number": reply.number,
        "state": state,
        "status": reply.status,
        "code": reply.code,
        "said_by": "eport" if said_by_eport(reply.status) else "customs",
        "return_time": reply.return_time,
    }
    if isinstance(document, Inventory | ExportList):
        data |= {
            "order_no": document.order_no,
            "pre_no": reply.pre_no or document.pre_no,
            "invt_no": reply.invt_no or document.invt_no,
        }
    return NewChange(
        event=f"{OBJECTS[kind]}-{state.replace('_', '-')}",
        submission_id=document.message_id,
        object_type=kind,
        object_id=str(document.pk),
        data=data,
        parties=tuple(document.parties),
        agencies=(AGENCY,),
    )


def _told(kind: str) -> frozenset[str]:
    return TOLD | {S.CLOSED} if kind == "export_list" else TOLD


def _run_happened(event: str, moved: Sequence[Moved]) -> None:
    """Hooks `list-released`, `export-list-released`, `export-list-closed`: ids are those of the lists."""
    if moved:
        ids = tuple(document.pk for document, _state, _reply in moved)
        messages = tuple(sorted({document.message_id for document, _state, _reply in moved}))
        run_hooks(Happened(event, ids, messages, CUSTOMS, "", moved[0][2].info))


# --- notices ----------------------------------------------------------------------------------------------


def _notify(kind: str, moved: Sequence[Moved]) -> None:
    """One notice per message, company and kind of news, however many documents it is about."""
    if not moved:
        return
    near = _near(kind, [document for document, _state, _reply in moved])
    groups: defaultdict[tuple[UUID, int, str], list[Moved]] = defaultdict(list)
    for document, state, reply in moved:
        for company in document.parties:
            code = notice_code(kind, state, reply.code, near=company in near[document.pk])
            groups[document.message_id, company, code].append((document, state, reply))
    Notice.objects.bulk_create(
        Notice(
            company_id=company,
            submission_id=message,
            code=code,
            params=_params(rows),
            url=list_url(rows[0][0].pk, kind) if kind in LIST_KINDS and len(rows) == 1 else "",
        )
        for (message, company, code), rows in groups.items()
    )


def _params(rows: Sequence[Moved]) -> dict[str, str]:
    """Numbers and customs' words; never personal data."""
    numbers = list(dict.fromkeys(str(_called(document)) for document, _state, _reply in rows))
    words = dict.fromkeys(reply.info for _document, _state, reply in rows if reply.info)
    shown = ", ".join(numbers[:NAMED]) + ("…" if len(numbers) > NAMED else "")
    return {"count": str(len(rows)), "numbers": shown, "words": " / ".join(list(words)[:NAMED])}


def _called(document: Document) -> str:
    return getattr(document, "order_no", "") or getattr(document, "number", "")


def _near(kind: str, documents: Iterable[Document]) -> Mapping[UUID, frozenset[int]]:
    """Who is told customs' words: of a list declarant, e-commerce firm and platform, of the others their
    sender.
    """
    if kind not in LIST_KINDS:
        return {document.pk: frozenset({document.message.sender_id}) for document in documents}
    lists = [document for document in documents if isinstance(document, Inventory | ExportList)]
    codes = {code for one in lists for code in (one.agent_code, one.ebc_code, one.ebp_code)}
    companies = {code: company.pk for code, company in companies_by_codes(codes).items()}
    return {
        one.pk: frozenset(
            companies[code] for code in (one.agent_code, one.ebc_code, one.ebp_code) if code in companies
        )
        for one in lists
    }

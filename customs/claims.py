"""Which document holds a number: claimed in one statement, refused or handed over where it is taken.

A document may replace the one that holds its number when that one has not gone yet or was sent back to be
corrected; an order, payment or waybill also while no inventory list that went rests on it (R13.03, customs'
-301011, -401008, -504016, -621012).
"""

# ruff: noqa: S608 - statements are put together from constants of this module alone

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_noop as _

from customs.ceb import Document
from customs.models import DocumentState as S
from customs.rows import DOCUMENTS
from reference.problems import Problem
from reference.sets import array, query, values

NOT_GONE = frozenset({S.LOADED.value, S.WAITING.value, S.READY.value, S.FAULTED.value})
TO_CORRECT = frozenset({S.RETURNED.value, S.EPORT_REFUSED.value})
NEW, CHANGE = "1", "2"
COP_NO = 20  # customs answer a list without copNo under the start of its order number

TEXTS: Mapping[str, str] = {
    "customs.duplicate_number": _("{number} is taken by another document; to change that one use appType 2."),
    "customs.duplicate_guid": _("The guid {number} is taken by another document."),
    "customs.repeated_number": _("{number} stands in document {first} of this message already."),
    "customs.list_under_way": _("Another inventory list of the order {number} is under way."),
    "customs.change.unknown": _("There is no document {number} that could be changed."),
    "customs.change.not_allowed": _(
        "{number} cannot be changed now: it went to customs and was not sent back to be corrected."
    ),
}
# The element that the problem is about.
_ELEMENTS: Mapping[str, str] = {
    "order": "orderNo", "paid_order": "orderNo", "payment": "payTransactionId", "waybill": "logisticsNo",
    "inventory": "copNo", "list_order": "orderNo", "guid": "guid",
    "export_order": "orderNo", "collection": "orderNo", "export_waybill": "logisticsNo", "export_list": "copNo",
    "export_list_order": "orderNo", "arrival": "copNo", "manifest": "copNo", "departure": "copNo",
}  # fmt: skip


# Message → kind, elements of the scope, element of the number. An overseas platform may have no code of its own
# ("无"): an export order is its e-commerce firm's on that platform.
_MAIN: Mapping[str, tuple[str, tuple[str, ...], str]] = {
    "CEB511": ("waybill", ("logisticsCode",), "logisticsNo"),
    "CEB303": ("export_order", ("ebpCode", "ebcCode"), "orderNo"),
    "CEB403": ("collection", ("ebcCode",), "orderNo"),
    "CEB505": ("export_waybill", ("logisticsCode",), "logisticsNo"),
    "CEB603": ("export_list", ("agentCode",), "copNo"),
    "CEB507": ("arrival", ("logisticsCode",), "copNo"),
    "CEB607": ("manifest", ("agentCode",), "copNo"),
    "CEB509": ("departure", ("logisticsCode",), "copNo"),
}
# One list under way for an order: the kind of the claim and the elements of its scope.
_LIST_ORDER: Mapping[str, tuple[str, ...]] = {
    "CEB621": ("list_order", "ebpCode"),
    "CEB603": ("export_list_order", "ebpCode", "ebcCode"),
}
# Once they went they are changed only when they were sent back.
_ONCE = frozenset({"CEB621", "CEB603", "CEB507", "CEB607", "CEB509"})


class Claim(NamedTuple):
    """A row of `DocumentKey`, sorted the way it is locked."""

    kind: str
    scope: str
    number: str


@dataclass(slots=True)
class Candidate:
    """A document on its way into the tables. `replaces`: the document whose number it takes over."""

    type: str
    document: Document
    key: UUID
    sender: str
    problems: list[Problem] = field(default_factory=list)
    replaces: UUID | None = None
    version: int = 1

    @property
    def app_type(self) -> str:
        return self.document.head["appType"]

    @property
    def main(self) -> Claim:
        """The number that tells the document apart."""
        return main_claim(self.type, self.document)

    @property
    def claims(self) -> list[Claim]:
        """Everything it must hold."""
        head = self.document.head
        found = [self.main, Claim("guid", self.sender, head["guid"])]
        if self.type in _LIST_ORDER:
            kind, *scope = _LIST_ORDER[self.type]
            found.append(Claim(kind, "/".join(head[name] for name in scope), head["orderNo"]))
        return found

    @property
    def lookups(self) -> list[Claim]:
        """What it holds only if nobody else does: one transaction may cover several orders (R13.05)."""
        head = self.document.head
        return [Claim("payment", head["payCode"], head["payTransactionId"])] if self.type == "CEB411" else []

    def refuse(self, code: str, claim: Claim, **params: str) -> None:
        """Keep what is in its way."""
        path = f"{place(self.type, self.document)}/{_ELEMENTS[claim.kind]}"
        self.problems.append(Problem(code, path, TEXTS[code], {"number": claim.number, **params}))


class Holder(NamedTuple):
    """The document that holds a number."""

    id: UUID
    state: str
    version: int
    resting: tuple[str, ...]  # states of the lists that rest on it


def place(type_: str, document: Document) -> str:
    """The path of a document's head in its message."""
    from customs.ceb import message_spec

    spec = message_spec(type_)
    at = f"/{spec.root}/{spec.entity}[{document.index}]"
    return f"{at}/{spec.head.name}" if spec.nested else at


def main_claim(type_: str, document: Document) -> Claim:
    """The number that tells a document of this type apart, and whose numbers these are."""
    head = document.head
    if type_ == "CEB311":
        return Claim("order", head["ebpCode"], head["orderNo"])
    if type_ == "CEB411":
        return Claim("paid_order", f"{head['payCode']}/{head['ebpCode']}", head["orderNo"])
    if type_ in _MAIN:
        kind, scope, number = _MAIN[type_]
        return Claim(kind, "/".join(head[name] for name in scope), head[number])
    return Claim("inventory", head["agentCode"], head.get("copNo") or head["orderNo"][:COP_NO])


def may_replace(type_: str, holder: Holder, app_type: str) -> bool:
    """Whether a new version may take the holder's place."""
    if app_type == NEW:
        # Turned away at the E-port's door it never existed for customs: it comes again as new.
        return holder.state == S.EPORT_REFUSED
    if holder.state == S.SUPERSEDED:
        return False
    if holder.state in NOT_GONE | TO_CORRECT:
        return True
    return type_ not in _ONCE and all(state in NOT_GONE | TO_CORRECT for state in holder.resting)


def standing(row: str) -> str:
    """SQL for the state of a row; `sent` as soon as its message is no longer held: it may be on its way."""
    return (
        f"CASE WHEN {row}.state IN ('loaded', 'waiting', 'ready', 'faulted') AND EXISTS ("
        "SELECT 1 FROM submissions_referral r JOIN submissions_dispatch p ON p.referral_id = r.id"
        f" WHERE r.submission_id = {row}.message_id AND p.what = 'payload'"
        " AND p.state NOT IN ('held', 'refused', 'cancelled'))"
        f" THEN 'sent' ELSE {row}.state END"
    )


def _lists(condition: str) -> str:
    return (
        f"SELECT {standing('i')}::text FROM customs_inventory i WHERE {condition} AND i.state <> 'superseded'"
    )


_OF_ORDER = "i.ebp_code = d.ebp_code AND i.order_no = d.order_no"
_EXPORT = "customs_exportlist i WHERE i.state <> 'superseded' AND"
_RESTING = {
    "CEB303": f"SELECT {standing('i')}::text FROM {_EXPORT}"
    " (i.ebp_code, i.ebc_code, i.order_no) = (d.ebp_code, d.ebc_code, d.order_no)",
    "CEB403": f"SELECT {standing('i')}::text FROM {_EXPORT}"
    " (i.ebc_code, i.order_no) = (d.ebc_code, d.order_no)",
    "CEB505": f"SELECT {standing('i')}::text FROM {_EXPORT}"
    " (i.logistics_code, i.logistics_no) = (d.logistics_code, d.logistics_no)",
    "CEB311": _lists(_OF_ORDER),
    "CEB411": _lists(_OF_ORDER),
    "CEB511": _lists("i.logistics_code = d.logistics_code AND i.logistics_no = d.logistics_no"),
}


def holders(type_: str, claims: Iterable[Claim], *, lock: bool = False) -> dict[Claim, Holder]:
    """Who holds these numbers; with `lock` their rows stay as they are until the transaction ends."""
    held = values(
        "SELECT k.kind, k.scope, k.number, k.document_id FROM customs_documentkey k"
        " JOIN ({values}) AS c(kind, scope, number) USING (kind, scope, number)",
        sorted(set(claims)),
        template="(%s::text, %s::text, %s::text)",
    )
    if not held:
        return {}
    table = DOCUMENTS[type_]._meta.db_table
    ids = sorted({row[3] for row in held})
    if lock:
        query(f"SELECT id FROM {table} WHERE id = ANY(%s::uuid[]) ORDER BY id FOR UPDATE", [ids])
    resting = f"ARRAY({_RESTING[type_]})" if type_ in _RESTING else "'{}'::text[]"
    rows = query(
        f"SELECT d.id, {standing('d')} AS state, d.version, {resting} AS resting FROM {table} d"
        " WHERE d.id = ANY(%s::uuid[])",
        [ids],
    )
    by_id = {
        row["id"]: Holder(row["id"], row["state"], row["version"], tuple(row["resting"])) for row in rows
    }
    # A number held by a document of another type (a guid) has a holder that nobody may replace.
    return {Claim(*row[:3]): by_id.get(row[3], Holder(row[3], S.SUPERSEDED, 0, ())) for row in held}


def claim(candidates: Sequence[Candidate]) -> None:
    """Claim the numbers of one message's documents; what cannot be had is said in `problems` of each.

    Afterwards a candidate without problems holds all its numbers, one with problems holds none.
    """
    _within(candidates)
    hopeful = [one for one in candidates if not one.problems]
    got = _insert([(c, one.key) for one in hopeful for c in one.claims])
    _insert([(c, one.key) for one in hopeful for c in one.lookups])
    if not hopeful:
        return
    missed = [c for one in hopeful for c in one.claims if c not in got]
    held = holders(hopeful[0].type, missed, lock=True) if missed else {}
    for one in hopeful:
        decide(one, held)
    _release([one.key for one in hopeful if one.problems])
    _take_over([one for one in hopeful if one.replaces and not one.problems])


def _within(candidates: Sequence[Candidate]) -> None:
    """The same number twice in one message: the first has it."""
    first: dict[Claim, int] = {}
    for one in candidates:
        for claimed in one.claims:
            if claimed in first:
                one.refuse("customs.repeated_number", claimed, first=str(first[claimed]))
        if not one.problems:
            first |= dict.fromkeys(one.claims, one.document.index)


_INSERT = """
INSERT INTO customs_documentkey (kind, scope, number, document_id)
SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::uuid[]) ON CONFLICT DO NOTHING
RETURNING kind, scope, number
"""


def _insert(wanted: Sequence[tuple[Claim, UUID]]) -> set[Claim]:
    """Those that were free; rows are written in the order in which everybody locks them."""
    rows = [(*claimed, key) for claimed, key in sorted(wanted)]
    if not rows:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [array(column) for column in zip(*rows, strict=True)])
        if cursor.rowcount == len(rows):
            return {claimed for claimed, _key in wanted}
        return {Claim(*row) for row in cursor.fetchall()}


def decide(one: Candidate, held: Mapping[Claim, Holder]) -> None:
    """Say in `problems` which of its numbers it cannot have, and whom it replaces; nothing is written."""
    main, guid, *order = one.claims
    holder = held.get(main)
    if one.app_type == CHANGE and holder is None:
        return one.refuse("customs.change.unknown", main)
    if holder is not None:
        if not may_replace(one.type, holder, one.app_type):
            changed = one.app_type == CHANGE
            one.refuse("customs.change.not_allowed" if changed else "customs.duplicate_number", main)
        one.replaces, one.version = holder.id, holder.version + 1
    for claimed in order:
        _decide_order(one, claimed, held.get(claimed))
    if guid in held and held[guid].id != one.replaces:
        one.refuse("customs.duplicate_guid", guid)
    return None


def _decide_order(one: Candidate, claimed: Claim, holder: Holder | None) -> None:
    """One list under way for an order: a returned one may be declared again under a new number (R13.03)."""
    if holder is None or holder.id == one.replaces:
        return
    if one.replaces is None and holder.state in TO_CORRECT:
        one.replaces, one.version = holder.id, holder.version + 1
    else:
        one.refuse("customs.list_under_way", claimed)


def _release(keys: Sequence[UUID]) -> None:
    if keys:
        query(
            "DELETE FROM customs_documentkey WHERE document_id = ANY(%s::uuid[]) RETURNING id", [list(keys)]
        )


def _take_over(candidates: Sequence[Candidate]) -> None:
    """Move the numbers from the replaced documents to the new ones, as long as those still hold them."""
    values(
        "UPDATE customs_documentkey k SET document_id = v.new FROM ({values})"
        " AS v(kind, scope, number, old, new)"
        " WHERE (k.kind, k.scope, k.number) = (v.kind, v.scope, v.number) AND k.document_id = v.old",
        sorted(
            (*claimed, one.replaces, one.key) for one in candidates for claimed in (*one.claims, *one.lookups)
        ),
        template="(%s::text, %s::text, %s::text, %s::uuid, %s::uuid)",
    )

"""What the pages of export lists show: the table with its counts, and one list with everything that belongs to it.

Declarant, e-commerce firm, platform, producer and customs see a list whole; the logistics firm sees its waybill and
its notices; every other company that the list names sees the list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from customs import ceb
from customs.comparison import CompareRow, LinePair, compare_rows, pair_lines
from customs.export import words
from customs.export.bills import NoticePage
from customs.export.comparison import COLUMNS, FACTS, LINE_FIELDS, NOTICES
from customs.export.tracking import Tracked, track
from customs.models import (
    Collection,
    CustomsReply,
    DocumentEvent,
    ExportList,
    ExportListLine,
    ExportOrder,
    ExportOrderLine,
    ExportReturn,
    ExportWaybill,
)
from customs.presenters import Line, next_of, state_name, timeline
from customs.raw import mask_one
from customs.reading import AGENCY, EXPORTS
from customs.workbench import EXPORT_STATES
from reference.problems import Problem
from submissions.services import unseal_payload

if TYPE_CHECKING:
    from accounts.principals import Principal
    from customs.numbers import Document

Scope = Literal["all", "waybill", "list"]
OPTIONAL = frozenset({"collection"})  # a column only where there is something to say


@dataclass(frozen=True, slots=True)
class Fault:
    """A finding as people mend it: the values it holds against each other, and the way to mend it."""

    problem: Problem
    values: tuple[tuple[str, str], ...]
    fix: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way out. `at` or `digits`: when; `waits`: it is the one that is waited for."""

    name: str
    at: datetime | None = None
    digits: str = ""
    note: str = ""
    notice: UUID | None = None  # of the notice that told it, to be opened
    waits: bool = False


@dataclass(frozen=True, slots=True)
class ExportPage:
    """Everything the page of one export list shows to this reader."""

    list: ExportList
    scope: Scope
    columns: tuple[str, ...]
    documents: Mapping[str, Document]
    state_name: str
    next_sentence: str
    rows: tuple[CompareRow, ...]
    line_pairs: tuple[LinePair, ...]
    findings: tuple[Fault, ...]
    tracked: Tracked
    holder: str
    steps: tuple[Step, ...]
    returns: tuple[ExportReturn, ...]
    timeline: tuple[Line, ...]
    raw: str
    reference: str


def counts(rows: QuerySet[ExportList]) -> dict[str, int]:
    """How many lists stand behind each tab; one query."""
    by_state = dict(rows.order_by().values_list("state").annotate(n=Count("pk")))
    return {tab: sum(by_state.get(state, 0) for state in states) for tab, states in EXPORT_STATES.items()}


def export_page(list_id: UUID, principal: Principal | None) -> ExportPage | None:
    """The page, as far as this principal may see it; None when it may not, or when there is no such list."""
    rows = EXPORTS.visible_to(principal).select_related("message__submission__payload")
    one = rows.filter(pk=list_id).first()
    if one is None or principal is None:
        return None
    tracked = track([one])[one.pk]
    documents = _documents(one) | dict(tracked.notices)
    return _page(one, documents, tracked, _scope(one, principal))


def _scope(one: ExportList, principal: Principal) -> Scope:
    if principal.agency is not None:
        return "all" if principal.agency.code == AGENCY else "list"
    acting = principal.acting_for(EXPORTS.service)
    if EXPORTS.is_whole(one, acting):
        return "all"
    own = {code for company in principal.companies if company.pk in acting for code in company.codes}
    return "waybill" if one.logistics_code in own else "list"


def _documents(one: ExportList) -> dict[str, Document]:
    found: dict[str, Document] = {"list": one}
    partners: tuple[
        tuple[str, type[ExportOrder] | type[Collection] | type[ExportWaybill], UUID | None], ...
    ] = (
        ("order", ExportOrder, one.order_document),
        ("collection", Collection, one.collection_document),
        ("waybill", ExportWaybill, one.waybill_document),
    )
    for name, model, key in partners:
        row = model._default_manager.filter(pk=key).first() if key else None
        if row is not None:
            found[name] = row
    return found


_COLUMNS: Mapping[Scope, tuple[str, ...]] = {
    "all": COLUMNS,
    "waybill": ("waybill", "arrival", "departure"),
    "list": ("list",),
}
_PATHS: Mapping[Scope, tuple[str, ...]] = {
    "all": ("/",),
    "waybill": ("/LogisticsHead", "/Arrival", "/Departure", "/InventoryHead/logisticsNo"),
    "list": ("/",),
}


def _page(one: ExportList, documents: Mapping[str, Document], tracked: Tracked, scope: Scope) -> ExportPage:
    columns = tuple(
        name for name in _COLUMNS[scope] if name in documents or name not in OPTIONAL | frozenset(NOTICES)
    )
    lines = list(ExportListLine.objects.filter(export_list_id=one.pk).order_by("gnum"))
    one.lines_currency = lines[0].currency if lines else ""  # type: ignore[attr-defined]
    ordered = _ordered(documents.get("order")) if scope == "all" else []
    shown = {name: document for name, document in documents.items() if name in columns}
    submission = one.message.submission
    own = documents.get("waybill", one) if scope == "waybill" else one
    return ExportPage(
        list=one,
        scope=scope,
        columns=columns,
        documents=shown,
        state_name=state_name(one.state),
        next_sentence=_next(one, tracked),
        rows=compare_rows(shown, {"list": lines, "order": ordered}, columns, FACTS),
        line_pairs=pair_lines(lines, ordered, LINE_FIELDS) if scope != "waybill" else (),
        findings=_faults(one, tracked, scope),
        tracked=tracked,
        holder=_holder(one, tracked),
        steps=tuple(steps(one, tracked, own=one.cop_no if scope != "waybill" else "")),
        returns=tuple(ExportReturn.objects.filter(export_list_id=one.pk).order_by("returned_on", "id"))
        if scope != "waybill" else (),
        timeline=tuple(_timeline(own.pk)),
        raw=_raw(one) if scope == "all" else "",
        reference=submission.reference or "",
    )  # fmt: skip


def _ordered(order: Document | None) -> list[ExportOrderLine]:
    rows = ExportOrderLine.objects.filter(order_id=order.pk) if order else ExportOrderLine.objects.none()
    return list(rows.order_by("gnum"))


def _raw(one: ExportList) -> str:
    """Of a message with many lists only this one: the others have other parties."""
    payload = unseal_payload(one.message.submission)
    return ceb.mask(payload) if one.message.document_count == 1 else mask_one(payload, one.index)


def fault(problem: Problem) -> Fault:
    """A finding with its two values and the way to mend it."""
    return Fault(problem, tuple(words.values_of(problem)), words.fix_of(problem))


def _faults(one: ExportList, tracked: Tracked, scope: Scope) -> tuple[Fault, ...]:
    found = [*(Problem.from_stored(row) for row in one.findings), *tracked.findings]
    return tuple(fault(problem) for problem in found if problem.path.startswith(_PATHS[scope]))


def notice_context(found: NoticePage) -> dict[str, Any]:
    """What the page of a notice needs, a firm's and the officials'."""
    return {
        "page": found,
        "name": words.NOTICES[found.notice.kind],
        "others": [(words.NOTICES[row.kind], row) for row in found.others],
        "faults": [fault(problem) for problem in found.findings],
    }


def _next(one: ExportList, tracked: Tracked) -> str:
    return str(words.WAITS[tracked.wait.step]) if tracked.wait else next_of(one.kind, one.state)


def _holder(one: ExportList, tracked: Tracked) -> str:
    """Who has to act on the way out, by name where it is a firm."""
    if tracked.wait is None:
        return ""
    firms = {"logistics": one.logistics_name, "declarant": one.agent_name}
    return firms.get(tracked.wait.holder) or str(words.HOLDERS[tracked.wait.holder])


def steps(one: ExportList, tracked: Tracked, *, own: str) -> list[Step]:
    """The six steps from declaration to closing, those to come as well. `own`: the list's number of the declarant."""
    wait = tracked.wait.step if tracked.wait else ""
    told = tracked.notices
    arrival, manifest, departure = told.get("arrival"), told.get("manifest"), told.get("departure")
    left = getattr(departure, "leave_time", "")
    return [
        Step(_("Declared"), one.message.received_at, note=own),
        _told_step(_("Arrived in the supervised site"), arrival, waits=wait == "arrival"),
        _told_step(_("Bound to the master bill"), manifest, waits=wait == "manifest"),
        Step(_("Released by customs"), one.released_at, waits=wait == "release"),
        _told_step(_("Left the country"), departure, digits=left, waits=wait == "departure"),
        Step(_("Closed by customs (899)"), one.closed_at, waits=wait == "closing"),
    ]


def _told_step(name: str, notice: Document | None, *, digits: str = "", waits: bool) -> Step:
    if notice is None:
        return Step(name, waits=waits)
    bill = getattr(notice, "bill_no", "")
    return Step(name, digits=digits or notice.app_time, note=bill, notice=notice.pk)


def _timeline(document_id: UUID) -> Sequence[Line]:
    events = DocumentEvent.objects.filter(document_id=document_id).order_by("at", "id")
    replies = CustomsReply.objects.filter(document_id=document_id).order_by("received_at", "id")
    return timeline(list(events), list(replies))

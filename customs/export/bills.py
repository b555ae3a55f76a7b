"""A notice of the way out with its parcels: which have a list here, and what the other notices of its bill say.

Who may open it: the companies the notice names, and customs. The site operator sees the parcels; what stands in
lists and in the other notices is for the firms that send them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_noop as _

from customs.export.tracking import LINES, MODELS, NoticeRow
from customs.export.way import ELEMENT, NAMES, TO_CORRECT
from customs.findings import shown
from customs.models import ArrivalLine, DocumentState, ExportList, Manifest
from customs.reading import AGENCY, EXPORTS
from reference.problems import Problem

if TYPE_CHECKING:
    from accounts.principals import Principal
    from customs.findings import Level

TEXTS: Mapping[str, str] = {
    "bill.no_list": _("The waybill {waybill} stands in no export list here."),
    "bill.not_arrived": _("The waybill {waybill} has not been told as arrived."),
    "bill.extra": _("The waybill {waybill} does not stand in the manifest of the bill {bill}."),
    "bill.missing": _("The manifest of the bill {bill} has the waybill {waybill}; the {name} has not."),
    "bill.part": _("Of the {count} parts of the message the following are not here: {parts}."),
    "bill.weight": _("The manifest weighs {manifest} kg, its lists together {list} kg."),
}
NUMBERS: Mapping[str, str] = {
    "arrival": "export-arrivals",
    "manifest": "export-manifests",
    "departure": "export-departures",
}


# --- rules ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bill:
    """A notice and what stands beside it. Sets of waybill numbers; None: there is no such notice of the bill.

    `parts`: part numbers that are here of `count`; `lists_weight`: kg, None unless every parcel has its list.
    """

    kind: str
    bill_no: str
    own: frozenset[str]
    listed: frozenset[str]
    arrived: frozenset[str]
    manifest: frozenset[str] | None = None
    count: int = 1
    parts: frozenset[int] = frozenset({1})
    weight: Decimal | None = None
    lists_weight: Decimal | None = None


def compare(bill: Bill) -> list[Problem]:
    """Missing, extra and mismatching parcels, waybill by waybill."""
    return [*_parcels(bill), *_beside_manifest(bill), *_whole(bill)]


def _problem(code: str, path: str, level: Level = "error", /, **params: object) -> Problem:
    return Problem(code, path, TEXTS[code], {name: shown(value) for name, value in params.items()}, level)


def _parcels(bill: Bill) -> Iterator[Problem]:
    path = f"{ELEMENT[bill.kind]}List/logisticsNo"
    for waybill in sorted(bill.own - bill.listed):
        yield _problem("bill.no_list", path, "warning", waybill=waybill)
    if bill.kind != "arrival":
        for waybill in sorted(bill.own - bill.arrived):
            yield _problem("bill.not_arrived", path, "warning", waybill=waybill)


def _beside_manifest(bill: Bill) -> Iterator[Problem]:
    if bill.manifest is None or bill.kind == "manifest":
        return
    path = f"{ELEMENT[bill.kind]}List/logisticsNo"
    for waybill in sorted(bill.own - bill.manifest):
        yield _problem("bill.extra", path, waybill=waybill, bill=bill.bill_no)
    for waybill in sorted(bill.manifest - bill.own):
        yield _problem("bill.missing", path, waybill=waybill, bill=bill.bill_no, name=NAMES[bill.kind])


def _whole(bill: Bill) -> Iterator[Problem]:
    if absent := sorted(set(range(1, bill.count + 1)) - bill.parts):
        parts = ", ".join(map(str, absent))
        yield _problem(
            "bill.part", f"{ELEMENT[bill.kind]}/msgSeqNo", "warning", count=bill.count, parts=parts
        )
    if None not in (bill.weight, bill.lists_weight) and bill.weight != bill.lists_weight:
        path = f"{ELEMENT[bill.kind]}/grossWeight"
        yield _problem("bill.weight", path, "warning", manifest=bill.weight, list=bill.lists_weight)


# --- reads ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Parcel:
    """A line of the notice. `list`: the parcel's list, where the reader may open it."""

    gnum: int
    waybill: str
    package: str
    list: ExportList | None = None


@dataclass(frozen=True, slots=True)
class NoticePage:
    """What the page of a notice shows; `near`: to the firms that send, and customs."""

    notice: NoticeRow
    parcels: tuple[Parcel, ...]
    findings: tuple[Problem, ...] = ()
    near: bool = False
    others: Sequence[NoticeRow] = field(default_factory=tuple)


def notice_page(notice_id: UUID, principal: Principal | None) -> NoticePage | None:
    """The page, or None when there is no such notice for this reader."""
    notice = _visible(notice_id, principal)
    if notice is None or principal is None:
        return None
    lines = list(
        LINES[notice.kind]._default_manager.filter(**{f"{notice.kind}_id": notice.pk}).order_by("gnum")
    )
    if not _near(notice, principal):
        return NoticePage(notice, tuple(Parcel(x.gnum, x.logistics_no, x.total_package_no) for x in lines))
    lists = _lists(notice, {line.logistics_no for line in lines})
    mine = EXPORTS.visible_to(principal).filter(pk__in=[one.pk for one in lists.values()])
    readable = set(mine.values_list("pk", flat=True))
    parcels = tuple(
        Parcel(
            line.gnum, line.logistics_no, line.total_package_no,
            one if (one := lists.get(line.logistics_no)) and one.pk in readable else None,
        )
        for line in lines
    )  # fmt: skip
    others = _beside(notice)
    return NoticePage(notice, parcels, tuple(compare(_bill(notice, lists, others))), True, others)


def _visible(notice_id: UUID, principal: Principal | None) -> NoticeRow | None:
    if principal is None or (principal.agency is not None and principal.agency.code != AGENCY):
        return None
    for kind, model in MODELS.items():
        row = model._default_manager.select_related("message__submission").filter(pk=notice_id).first()
        if row is not None:
            may = principal.agency is not None or principal.acting_for(NUMBERS[kind]) & set(row.parties)
            return row if may else None
    return None


def _near(notice: NoticeRow, principal: Principal) -> bool:
    if principal.agency is not None:
        return True
    acting = principal.acting_for(NUMBERS[notice.kind])
    codes = {code for company in principal.companies if company.pk in acting for code in company.codes}
    return bool(codes & {notice.logistics_code, getattr(notice, "agent_code", "")})


def _lists(notice: NoticeRow, waybills: Iterable[str]) -> dict[str, ExportList]:
    rows = ExportList.objects.filter(logistics_code=notice.logistics_code, logistics_no__in=set(waybills))
    if isinstance(notice, Manifest):
        rows = rows.filter(agent_code=notice.agent_code)
    standing = rows.exclude(state=DocumentState.SUPERSEDED).defer("personal", "findings")
    return {one.logistics_no: one for one in standing.order_by("id")}


def _beside(notice: NoticeRow) -> list[NoticeRow]:
    """The other standing notices of the bill, of every kind."""
    if not notice.bill_no:
        return []
    same = Q(bill_no=notice.bill_no, logistics_code=notice.logistics_code)
    gone = [DocumentState.SUPERSEDED, *TO_CORRECT]
    return [
        row
        for model in MODELS.values()
        for row in model._default_manager.filter(same)
        .exclude(state__in=gone)
        .exclude(pk=notice.pk)
        .defer("personal")
    ]


def _bill(notice: NoticeRow, lists: Mapping[str, ExportList], others: Sequence[NoticeRow]) -> Bill:
    same = [notice, *(row for row in others if row.kind == notice.kind)]
    manifests = [row for row in (notice, *others) if isinstance(row, Manifest)]
    own = _waybills(same)
    complete = isinstance(notice, Manifest) and len(same) == 1 and own <= lists.keys()
    return Bill(
        kind=notice.kind,
        bill_no=notice.bill_no,
        own=own,
        listed=_listed(notice, own),
        arrived=_arrived(notice, own),
        manifest=_waybills(manifests) if manifests else None,
        count=notice.msg_count,
        parts=frozenset(row.msg_seq_no for row in same),
        weight=notice.gross_weight if isinstance(notice, Manifest) else None,
        lists_weight=sum((lists[w].gross_weight for w in own), Decimal(0)) if complete else None,
    )


def _waybills(notices: Sequence[NoticeRow]) -> frozenset[str]:
    found: set[str] = set()
    for kind in {row.kind for row in notices}:
        ids = [row.pk for row in notices if row.kind == kind]
        rows = LINES[kind]._default_manager.filter(**{f"{kind}_id__in": ids})
        found.update(rows.values_list("logistics_no", flat=True))
    return frozenset(found)


def _listed(notice: NoticeRow, waybills: frozenset[str]) -> frozenset[str]:
    return frozenset(_lists(notice, waybills))


def _arrived(notice: NoticeRow, waybills: frozenset[str]) -> frozenset[str]:
    lines = ArrivalLine.objects.filter(
        logistics_no__in=waybills, arrival__logistics_code=notice.logistics_code
    )
    standing = lines.exclude(arrival__state__in=[DocumentState.SUPERSEDED, *TO_CORRECT])
    return frozenset(standing.values_list("logistics_no", flat=True))

"""Export lists with the notices that name their waybills: read together, a few queries for a page of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from django.utils import timezone

from customs.export.way import KINDS, TO_CORRECT, Notice, Wait, Way, findings, waiting
from customs.gateway.messages import beijing_time
from customs.models import (
    Arrival,
    ArrivalLine,
    Departure,
    DepartureLine,
    DocumentState,
    ExportList,
    Manifest,
    ManifestLine,
)
from reference.calendar import working_days_between
from reference.parameters import ParameterMissing
from reference.problems import Problem
from reference.selectors import setting

NoticeRow = Arrival | Manifest | Departure
LineModel = type[ArrivalLine] | type[ManifestLine] | type[DepartureLine]
LINES: Mapping[str, LineModel] = {
    "arrival": ArrivalLine,
    "manifest": ManifestLine,
    "departure": DepartureLine,
}
MODELS: Mapping[str, type[NoticeRow]] = {"arrival": Arrival, "manifest": Manifest, "departure": Departure}


@dataclass(frozen=True, slots=True)
class Tracked:
    """A list's way out. `notices`: by kind, the newest that stands."""

    notices: Mapping[str, NoticeRow]
    findings: tuple[Problem, ...]
    wait: Wait | None
    days: int = 0  # working days it has waited
    allowed: int | None = None  # after which the portal tells it as late

    @property
    def is_late(self) -> bool:
        """Waits longer than the portal thinks ordinary."""
        return self.wait is not None and self.allowed is not None and self.days > self.allowed


def track(lists: Sequence[ExportList]) -> dict[UUID, Tracked]:
    """The way of each; three queries and those of the parameter."""
    found = {kind: _notices(kind, lists) for kind in KINDS}
    allowed = _allowed()
    return {one.pk: _tracked(one, {k: rows[one.pk] for k, rows in found.items() if rows.get(one.pk)}, allowed)
            for one in lists}  # fmt: skip


def _notices(kind: str, lists: Iterable[ExportList]) -> dict[UUID, list[NoticeRow]]:
    """List → the standing notices of this kind that name its waybill, the one to go by first."""
    by_waybill: defaultdict[tuple[str, str], list[ExportList]] = defaultdict(list)
    for one in lists:
        by_waybill[one.logistics_code, one.logistics_no].append(one)
    lines = LINES[kind]._default_manager.filter(logistics_no__in={number for _code, number in by_waybill})
    rows = lines.exclude(**{f"{kind}__state": DocumentState.SUPERSEDED}).select_related(
        kind, f"{kind}__message"
    )
    found: defaultdict[UUID, list[NoticeRow]] = defaultdict(list)
    for line in rows.defer(f"{kind}__personal").order_by(f"-{kind}_id"):
        notice = cast("NoticeRow", getattr(line, kind))
        for one in by_waybill[notice.logistics_code, line.logistics_no]:
            # A waybill's number can be guessed: the manifest that binds a list is its own declarant's.
            if not isinstance(notice, Manifest) or notice.agent_code == one.agent_code:
                found[one.pk].append(notice)
    for notices in found.values():
        notices.sort(key=lambda notice: notice.state in TO_CORRECT)
    return found


def _tracked(one: ExportList, notices: Mapping[str, Sequence[NoticeRow]], allowed: int | None) -> Tracked:
    way = Way(
        logistics_no=one.logistics_no,
        bill_no=one.bill_no,
        customs_code=one.customs_code,
        traf_mode=one.traf_mode,
        state=one.state,
        received_at=one.message.received_at,
        released_at=one.released_at,
        released=beijing_time(one.released_at)[:14] if one.released_at else "",
        closed_at=one.closed_at,
        notices={kind: _notice(rows) for kind, rows in notices.items()},
    )
    wait = waiting(way)
    days = _working_days(wait.since) if wait else 0
    return Tracked(
        {kind: rows[0] for kind, rows in notices.items()}, tuple(findings(way)), wait, days, allowed
    )


def _notice(rows: Sequence[NoticeRow]) -> Notice:
    row = rows[0]
    return Notice(
        bill_no=row.bill_no,
        customs_code=row.customs_code,
        traf_mode=row.traf_mode,
        state=row.state,
        return_code=row.return_code,
        told=row.app_time,
        received_at=row.message.received_at,
        voyage_no=getattr(row, "voyage_no", ""),
        leave_time=getattr(row, "leave_time", ""),
        bills=tuple(one.bill_no for one in rows if one.bill_no),
    )


def _working_days(since: datetime) -> int:
    return working_days_between(timezone.localdate(since), timezone.localdate())


def _allowed() -> int | None:
    try:
        return cast("int", setting("export_notice_days", timezone.localdate()).value)
    except ParameterMissing:
        return None

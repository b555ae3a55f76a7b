"""The board of an agency for its officials: tables, charts, CSV, and what of it stands on the desk's first page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from submissions import admin_queue, admin_registry, registry
from submissions.admin_cases import the_principal
from submissions.board import Board, Decided, board
from submissions.figures import ChartKind, Number, Period, Table, Text
from submissions.forms import WeeksForm
from submissions.tables import chart_of, csv_answer

if TYPE_CHECKING:
    from accounts.models import Agency
    from accounts.principals import Principal

HOME_WEEKS = 4
HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of the board. `drawn`: how many of its columns its chart shows."""

    code: str
    name: Text
    table: Table
    chart_kind: ChartKind
    drawn: int
    csv_url: str
    unit: Text = ""
    note: Text = ""

    @property
    def chart(self) -> dict[str, Any]:
        """For `{% draw %}`."""
        return chart_of(self.table, self.chart_kind, self.name, self.unit, columns=self.drawn)


def sheets(found: Board) -> list[Sheet]:
    """All tables of a board."""
    return [_flow(found), _timeliness(found), _working_time(found), _kinds(found)]


def _csv(code: str, period: Period) -> str:
    days = {"table": code, "since": period.since.isoformat(), "until": period.until.isoformat()}
    return f"{reverse('admin:board_csv')}?{urlencode(days)}"


def _by_week(
    found: Board, numbers: list[tuple[Number | None, ...]]
) -> list[tuple[str, tuple[Number | None, ...]]]:
    return [(week.period.since.isoformat(), row) for week, row in zip(found.weeks, numbers, strict=True)]


def _flow(found: Board) -> Sheet:
    head = (_("Week from"), _("came"), _("decided"), _("open at its end"))
    rows = _by_week(found, [(week.came, week.done.decided, week.open_after) for week in found.weeks])
    return Sheet(
        "flow",
        _("What came, was decided and stayed open"),
        Table(head, rows),
        "bar",
        3,
        _csv("flow", found.period),
    )


def _timeliness(found: Board) -> Sheet:
    head = (_("Week from"), _("in time"), _("late"), _("in time, %"))
    rows = _by_week(found, [_kept(week.done) for week in found.weeks])
    return Sheet(
        "timeliness",
        _("Decided within the promised working days"),
        Table(head, rows),
        "stacked",
        2,
        _csv("timeliness", found.period),
        note=_("Cases with a promised day only. While the applicant is asked the clock stands still."),
    )


def _kept(done: Decided) -> tuple[Number | None, ...]:
    return (done.in_time, done.promised - done.in_time, done.timeliness)


def _working_time(found: Board) -> Sheet:
    head = (_("Week from"), _("half took at most"), _("nine in ten took at most"))
    rows = _by_week(found, [(days(week.done.half), days(week.done.most)) for week in found.weeks])
    return Sheet(
        "working-time",
        _("Working time of what was decided"),
        Table(head, rows),
        "line",
        2,
        _csv("working-time", found.period),
        unit=_("working days"),
        note=_("Time with the agency on working days of 24 hours; p50 and p90."),
    )


def _kinds(found: Board) -> Sheet:
    head = (
        _("Service"),
        _("came"),
        _("decided"),
        _("open now"),
        _("overdue now"),
        _("in time, %"),
        _("p50, working days"),
        _("p90, working days"),
    )
    rows: list[tuple[str, tuple[Number | None, ...]]] = []
    for row in found.kinds:
        done = row.done
        told = (row.came, done.decided, row.open, row.late, done.timeliness, days(done.half), days(done.most))
        rows.append((name_of(row.kind), told))
    return Sheet(
        "services", _("Service by service"), Table(head, rows), "rows", 4, _csv("services", found.period)
    )


def days(span: timedelta | None) -> Decimal | None:
    """Working days with two decimals."""
    if span is None:
        return None
    return (Decimal(str(span.total_seconds())) / 86400).quantize(HUNDREDTH)


def name_of(kind: str) -> str:
    """The service's name; its code when no desk here knows it."""
    try:
        return str(registry.kind(kind).name)
    except registry.NotRegistered:
        return kind


@never_cache
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The board of the reader's own agency over some weeks."""
    agency = _own(request)
    form = WeeksForm(request.GET)
    found = board(agency, form.period(timezone.localdate()))
    period = found.period
    shown = WeeksForm(initial={"since": period.since, "until": period.until}) if form.is_valid() else form
    context = {"title": _("Board"), "agency": agency, "form": shown, "board": found, "sheets": sheets(found)}
    return admin_registry.page(request, "admin/desk/board.html", context)


@never_cache
@require_safe
def page_csv(request: HttpRequest) -> HttpResponse:
    """One table of it (`?table=`), or all of them one below the other."""
    agency = _own(request)
    found = board(agency, WeeksForm(request.GET).period(timezone.localdate()))
    wanted = request.GET.get("table", "")
    asked = [sheet for sheet in sheets(found) if wanted in ("", sheet.code)]
    if not asked:
        raise Http404
    name = f"{agency.code}-{wanted or 'board'}-{found.period.since}-{found.period.until}"
    return csv_answer(name, [("" if wanted else sheet.name, sheet.table) for sheet in asked])


def _own(request: HttpRequest) -> Agency:
    agency = the_principal(request).agency
    if agency is None:
        raise Http404
    return agency


def home_of(principal: Principal) -> dict[str, Any]:
    """What the desk's first page shows an agency's official; a fixed number of queries."""
    if principal.agency is None:
        return {}
    today = timezone.localdate()
    monday = today - timedelta(days=today.weekday())
    found = board(principal.agency, Period(monday - timedelta(weeks=HOME_WEEKS - 1), today))
    return {
        "agency": principal.agency,
        "board": found,
        "flow": _flow(found),
        "standing": admin_queue.standing(principal),
        "leases": admin_queue.leases(principal),
    }

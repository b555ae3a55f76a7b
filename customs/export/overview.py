"""Exports on a company's overview: lists by whose turn it is, closed lists and their value, returns, and duties.

A list is the company's when it is declarant, e-commerce firm, platform or producer of it. It counts in the month in
which customs closed it (899), whatever day it was declared or released (R13.06).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, cast

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncMonth
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Company
from accounts.permissions import Permission
from customs.export.currencies import letters
from customs.export.simplified import SIMPLIFIED, SUMMARY
from customs.export.tracking import Tracked, track
from customs.export.way import AT_CUSTOMS, KINDS
from customs.export.words import NOTICES
from customs.models import DocumentState, ExportList, ExportListLine, ExportReturn
from customs.overview import MONTH, month_of, months_of
from customs.reading import EXPORTS
from customs.workbench import EXPORT_STATES
from reference.calendar import add_working_days, next_working_day
from reference.parameters import ParameterMissing
from reference.selectors import RateMissing, exchange_rate, setting
from submissions.figures import DECLARATIONS, Duty, DutyItem, Figure, Number, Period, Table

CENT = Decimal("0.01")
MOST = 200  # lists on their way looked at for duties, the oldest


def figures() -> list[Figure]:
    """What `customs.registration` registers."""
    read = Permission.CEB_READ
    return [
        Figure(
            "export-lists", DECLARATIONS, _("Export lists received"), received_count,
            note=_("By the day the portal received them; versions replaced by a later one are not counted."),
            table=received_table, chart="stacked", url=_received_url, permission=read, rank=24,
        ),
        Figure(
            "export-closed", DECLARATIONS, _("Export lists closed (899)"), closed_count,
            note=_("By the day on which customs closed them."),
            table=closed_table, chart="stacked", url=_closed_url, permission=read, rank=25,
        ),
        Figure(
            "export-value", DECLARATIONS, _("Value of closed exports"), value, unit="CNY",
            note=_("As declared, line by line at customs' rate of the month of closing."),
            table=value_table, permission=read, rank=26,
        ),
        Figure(
            "export-returns", DECLARATIONS, _("Returns of exported goods"), returns_count,
            note=_("Entries of customs, by the day of return."), permission=read, rank=27,
        ),
    ]  # fmt: skip


def duties() -> list[Duty]:
    """What `customs.registration` registers."""
    read = Permission.CEB_READ
    return [
        Duty("export-notices", _("Notices of exported parcels"), notices_due, permission=read),
        Duty("export-summary", _("Summary declaration of exports"), summary_due, permission=read),
    ]


def lists_of(company: Company) -> QuerySet[ExportList]:
    """The company's lists, in no order."""
    codes, own = sorted(company.codes), Q()
    for column in EXPORTS.whole:
        own |= Q(**{f"{column}__in": codes})
    rows = ExportList.objects.filter(own, parties__contains=[company.pk])
    return rows.exclude(state=DocumentState.SUPERSEDED)


def received(company: Company, period: Period) -> QuerySet[ExportList]:
    """Those received in the period."""
    since, after = period.moments
    return lists_of(company).filter(message__received_at__gte=since, message__received_at__lt=after)


def closed(company: Company, period: Period) -> QuerySet[ExportList]:
    """Those customs closed in the period."""
    since, after = period.moments
    return lists_of(company).filter(closed_at__gte=since, closed_at__lt=after)


def received_count(company: Company, period: Period) -> Number:
    """How many were received."""
    return received(company, period).count()


def closed_count(company: Company, period: Period) -> Number:
    """How many were closed."""
    return closed(company, period).count()


def returns_count(company: Company, period: Period) -> Number:
    """How many returns customs has put on record."""
    rows = ExportReturn.objects.filter(returned_on__gte=period.since, returned_on__lte=period.until)
    return rows.filter(export_list_id__in=lists_of(company).values("pk")).count()


def value(company: Company, period: Period) -> Number | None:
    """CNY of their goods, rounded line by line; None when a rate is missing."""
    sums = _values(company, period)
    return None if sums is None else sum(sums.values(), Decimal(0))


def _values(company: Company, period: Period) -> dict[str, Decimal] | None:
    lines = ExportListLine.objects.filter(export_list__in=closed(company, period))
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    try:
        for closed_at, currency, amount in lines.values_list(
            "export_list__closed_at", "currency", "total_price"
        ):
            day = timezone.localdate(closed_at)
            rate = exchange_rate(letters(currency), day, "month").value
            sums[f"{day:%Y-%m}"] += (amount * rate).quantize(CENT, ROUND_HALF_UP)
    except RateMissing:
        return None
    return sums


def received_table(company: Company, period: Period) -> Table:
    """Received lists by month, and where they stand now."""
    parts = {name: Count("pk", filter=Q(state__in=states)) for name, states in EXPORT_STATES.items()}
    rows = received(company, period).annotate(month=TruncMonth("message__received_at"))
    head = (MONTH, _("to be corrected"), _("not released yet"), _("released, not closed"), _("closed"))
    return _table(head, rows.values("month").annotate(**parts), tuple(parts), period)


def closed_table(company: Company, period: Period) -> Table:
    """Closed lists by month and way of declaring."""
    flags = {flag: Count("pk", filter=Q(statistics_flag=flag)) for flag in (SIMPLIFIED, SUMMARY)}
    rows = closed(company, period).annotate(month=TruncMonth("closed_at"))
    head = (MONTH, _("simplified declaration (A)"), _("summary declaration (B)"))
    return _table(head, rows.values("month").annotate(**flags), tuple(flags), period)


def _table(head: tuple[Any, ...], rows: Iterable[Any], names: tuple[str, ...], period: Period) -> Table:
    found = {month_of(row["month"]): row for row in rows}
    return Table(
        head, [(m, tuple(found.get(m, {}).get(name, 0) for name in names)) for m in months_of(period)]
    )


def value_table(company: Company, period: Period) -> Table:
    """CNY by month of closing."""
    sums = _values(company, period)
    head = (MONTH, _("Value of the goods (CNY)"))
    return Table(head, [(m, (None if sums is None else sums.get(m, Decimal(0)),)) for m in months_of(period)])


def _received_url(company: Company, period: Period) -> str:
    return f"{reverse('export_lists')}?since={period.since}&until={period.until}"


def _closed_url(company: Company, period: Period) -> str:
    """The lists, where the period is a month."""
    one = len(period.months()) == 1
    return f"{reverse('export_lists')}?tab=done" + (f"&closed={period.since:%Y-%m}" if one else "")


# --- duties -----------------------------------------------------------------------------------------------


def notices_due(company: Company, until: date) -> Iterator[DutyItem]:
    """Arrivals, manifests and departures that this company has to send, each by the portal's own measure."""
    today, codes = _today(), company.codes
    on_the_way = Q(state__in=[*AT_CUSTOMS, DocumentState.RELEASED])
    named = Q(logistics_code__in=codes) | Q(agent_code__in=codes)
    rows = ExportList.objects.filter(on_the_way, named, parties__contains=[company.pk])
    lists = list(rows.select_related("message").defer("personal", "findings").order_by("id")[:MOST])
    for key, way in track(lists).items():
        one = next(one for one in lists if one.pk == key)
        if (
            way.wait is None
            or way.allowed is None
            or way.wait.step not in KINDS
            or not _is_holder(one, way, company)
        ):
            continue
        day = add_working_days(timezone.localdate(way.wait.since), way.allowed)
        if day <= until:
            text = gettext("{notice} of the parcel {waybill}").format(
                notice=NOTICES[way.wait.step], waybill=one.logistics_no
            )
            yield DutyItem(day, text, reverse("export_list", args=[key]), "late" if day < today else "due")


def _today() -> date:
    return timezone.localdate()


def _is_holder(one: ExportList, way: Tracked, company: Company) -> bool:
    code = one.agent_code if way.wait and way.wait.holder == "declarant" else one.logistics_code
    return code in company.codes


def summary_due(company: Company, until: date) -> Iterator[DutyItem]:
    """Lists under summary declaration (B) closed last month: one customs declaration by the 15th (R2.05).

    Whether it was made is not known here, so nothing is told as late.
    """
    today = _today()
    for month in {today.replace(day=1), until.replace(day=1)}:
        day = _summary_day(month)
        if day is None or not today <= day <= until:
            continue
        last = Period(_before(month), _before(month, last=True))
        if count := closed(company, last).filter(statistics_flag=SUMMARY).count():
            text = ngettext(
                "{count} list of {month} to be merged into a customs declaration",
                "{count} lists of {month} to be merged into a customs declaration",
                count,
            ).format(count=count, month=f"{last.since:%Y-%m}")
            yield DutyItem(day, text, f"{reverse('export_lists')}?closed={last.since:%Y-%m}")


def _summary_day(month: date) -> date | None:
    try:
        return next_working_day(month.replace(day=cast("int", setting("export_summary_day", month).value)))
    except ParameterMissing:
        return None


def _before(month: date, *, last: bool = False) -> date:
    """First or last day of the month before."""
    end = date.fromordinal(month.replace(day=1).toordinal() - 1)
    return end if last else end.replace(day=1)

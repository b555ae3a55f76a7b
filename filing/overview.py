"""This room's figures and duties on a company's overview: registers, goods on file, warehouses, questions to answer.

Days are those of the portal's time zone.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Sum
from django.db.models.functions import TruncMonth
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Company
from accounts.permissions import Permission
from filing import warehouse
from filing.enterprise.definition import CODE as ENTERPRISE
from filing.goods.services import KIND as GOODS
from filing.models import EnterpriseRecord, GoodsBatch, GoodsFiling, Register
from submissions.figures import FILING, Duty, DutyItem, Figure, Number, Period, Table
from submissions.models import InformationRequest, Submission, SubmissionState

MONTH = _("Month")
READ = Permission.FILING_READ
# What came of the rows of goods files: column → its word.
ROWS = {
    "filed_count": _("newly filed"),
    "amended_count": _("amended"),
    "unchanged_count": _("unchanged"),
    "faulty_count": _("not taken"),
}


def figures() -> list[Figure]:
    """What `registration.register` registers."""
    return [
        Figure(
            "filing-registers", FILING, _("Registers the company stands in"), registers_count,
            unit=_("of 5"), note=_("On the last day of the period; each is entered when its office accepts its part."),
            url=lambda company, period: f"{reverse('submissions')}?kind={ENTERPRISE}", permission=READ, rank=1,
        ),
        Figure(
            "filing-goods", FILING, _("Goods newly filed"), goods_count,
            note=_("First versions, by the day filed."), table=goods_table,
            url=lambda company, period: reverse("goods"), permission=READ, rank=2,
        ),
        Figure(
            "filing-goods-rows", FILING, _("Rows of goods handed in"), rows_count,
            note=_("Of files and forms that are checked, by the day received."), table=rows_table, chart="stacked",
            url=lambda company, period: f"{reverse('submissions')}?kind={GOODS}&since={period.since}"
            f"&until={period.until}",
            permission=READ, rank=3,
        ),
        Figure(
            "filing-warehouses", FILING, _("Overseas warehouses filed"), warehouses_count,
            note=_("Accepted filings, by the day received."),
            url=lambda company, period: f"{reverse('submissions')}?kind={warehouse.DEFINITION.code}&state=accepted"
            f"&since={period.since}&until={period.until}",
            permission=READ, rank=4,
        ),
    ]  # fmt: skip


def duties() -> list[Duty]:
    """Questions of offices that wait for the company."""
    return [Duty("filing-questions", _("Question of an office"), questions)]


def registers_count(company: Company, period: Period) -> Number:
    """In how many registers it stands on the last day."""
    return (
        EnterpriseRecord.objects.filter(company=company, register__in=Register).in_force(period.until).count()
    )


def _goods(company: Company, period: Period) -> Any:
    since, after = period.moments
    return GoodsFiling.objects.filter(company=company, version=1, created_at__gte=since, created_at__lt=after)


def goods_count(company: Company, period: Period) -> Number:
    """How many goods were filed for the first time."""
    count: int = _goods(company, period).count()
    return count


def goods_table(company: Company, period: Period) -> Table:
    """The same, by month."""
    rows = _goods(company, period).annotate(month=TruncMonth("created_at")).values("month")
    found = {_month(row["month"]): row["count"] for row in rows.annotate(count=Count("pk"))}
    return Table((MONTH, _("Goods")), [(month, (found.get(month, 0),)) for month in _months(period)])


def _batches(company: Company, period: Period) -> Any:
    since, after = period.moments
    return GoodsBatch.objects.filter(
        submission__company=company,
        submission__submitted_at__gte=since,
        submission__submitted_at__lt=after,
        checked_at__isnull=False,
    )


def rows_count(company: Company, period: Period) -> Number:
    """How many rows came, whatever became of them."""
    found = _batches(company, period).aggregate(**{name: Sum(name) for name in ROWS})
    return sum(found[name] or 0 for name in ROWS)


def rows_table(company: Company, period: Period) -> Table:
    """By month, and by what became of them."""
    rows = _batches(company, period).annotate(month=TruncMonth("submission__submitted_at")).values("month")
    sums = rows.annotate(**{f"sum_{name}": Sum(name) for name in ROWS})
    found = {_month(row["month"]): tuple(row[f"sum_{name}"] for name in ROWS) for row in sums}
    none = (0,) * len(ROWS)
    return Table((MONTH, *ROWS.values()), [(month, found.get(month, none)) for month in _months(period)])


def warehouses_count(company: Company, period: Period) -> Number:
    """How many filings of warehouses were accepted."""
    since, after = period.moments
    rows = Submission.objects.filter(company=company, kind=warehouse.DEFINITION.code)
    accepted = rows.filter(state=SubmissionState.ACCEPTED, submitted_at__gte=since, submitted_at__lt=after)
    return accepted.count()


def questions(company: Company, until: date) -> Iterator[DutyItem]:
    """What offices asked and nobody answered: no day is set, the office's time stands still; so it is due today."""
    rows = InformationRequest.objects.filter(
        referral__submission__company=company, answered_at__isnull=True
    ).select_related("referral__agency", "referral__submission")
    for one in rows.order_by("asked_at", "pk"):
        submission = one.referral.submission
        text = gettext(
            "{agency} asked on {day} about {number}; its time stands still until you answer"
        ).format(
            agency=one.referral.agency.display_name,
            day=timezone.localdate(one.asked_at),
            number=submission.reference,
        )
        url = reverse("information_answer", args=[submission.reference, one.pk])
        yield DutyItem(timezone.localdate(), text, url)


def _month(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m}"


def _months(period: Period) -> list[str]:
    return [f"{month:%Y-%m}" for month in period.months()]

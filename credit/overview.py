"""This room's figures and duties on a company's overview: customs' level as received, the zone's score, records.

Level and score are two things and stay apart (R13.11).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncMonth
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Company
from credit.formula import NoFormula, formula_on, score
from credit.models import Fact, Severity
from credit.selectors import Row, known_of, level_on, public_rows, rows_of
from submissions.figures import RECORD, Duty, DutyItem, Figure, Number, Period, Table

MONTH = _("Month")


def figures() -> list[Figure]:
    """What `registration.register` registers."""
    return [
        Figure(
            "credit-level", RECORD, _("Customs credit level"), level,
            note=_("As customs gave it, on the last day of the period; never worked out here."), url=own_url, rank=70,
        ),
        Figure(
            "credit-score", RECORD, _("Integrity score of the zone"), score_value,
            note=_("On the last day of the period, from what is known today; the formula is published."),
            table=score_table, chart="line", url=own_url, rank=71,
        ),
        Figure(
            "credit-public", RECORD, _("Records published"), public_count,
            note=_("On the last day of the period."), url=own_url, rank=72,
        ),
        Figure(
            "credit-facts", RECORD, _("Integrity records ruled"), facts_count,
            note=_("By the date of the ruling, withdrawn ones left out."), table=facts_table, chart="stacked",
            url=own_url, rank=73,
        ),
    ]  # fmt: skip


def duties() -> list[Duty]:
    """From when the repair of a record may be asked."""
    return [Duty("credit-repair", _("Repair of a record"), repairs)]


def level(company: Company, period: Period) -> str | None:
    """Its name; None while customs gave none."""
    found = level_on(company, period.until)
    return found.name if found else None


def score_value(company: Company, period: Period) -> Number | None:
    """The score of the last day; None before the first formula."""
    return _scores(company, [period.until])[0]


def score_table(company: Company, period: Period) -> Table:
    """The score of each month's last day; of the last month, the last day of the period."""
    months = period.months()
    days = [min(_last(month), period.until) for month in months]
    scores = _scores(company, days)
    return Table(
        (MONTH, _("Score")), [(f"{m:%Y-%m}", (value,)) for m, value in zip(months, scores, strict=True)]
    )


def _last(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def _scores(company: Company, days: list[date]) -> list[Number | None]:
    told = known_of([company.pk], timezone.now())[company.pk]
    found: list[Number | None] = []
    for day in days:
        try:
            found.append(score(told, day, formula_on(day)).value)
        except NoFormula:
            found.append(None)
    return found


def public_count(company: Company, period: Period) -> Number:
    """How many stand in public on the last day."""
    return len(public_rows(company, period.until))


def facts_count(company: Company, period: Period) -> Number:
    """How many were ruled in the period."""
    return _facts(company, period).count()


def facts_table(company: Company, period: Period) -> Table:
    """By month, and by class."""
    counts = {one.value: Count("pk", filter=Q(severity=one)) for one in Severity}
    rows: Any = _facts(company, period).annotate(month=TruncMonth("ruled_on")).values("month")
    found = {row["month"]: tuple(row[one.value] for one in Severity) for row in rows.annotate(**counts)}
    none = (0,) * len(Severity)
    head = (MONTH, *(one.label for one in Severity))
    return Table(head, [(f"{month:%Y-%m}", found.get(month, none)) for month in period.months()])


def _facts(company: Company, period: Period) -> QuerySet[Fact]:
    rows = Fact.objects.filter(company=company, ruled_on__range=(period.since, period.until))
    return rows.exclude(events__verb="withdraw")


def repairs(company: Company, until: date) -> Iterator[DutyItem]:
    """Published records whose repair may be asked: from the day that comes, or now."""
    today = timezone.localdate()
    for row in rows_of(company, today):
        if not _may_come(row) or row.window is None or row.window.repair_from > until:
            continue
        day = row.window.repair_from
        text = (
            gettext("The repair of the record {document} may be asked from {day}")
            if day > today
            else gettext("The repair of the record {document} may be asked since {day}")
        )
        told = text.format(document=row.fact.document_no, day=day)
        yield DutyItem(max(day, today), told, reverse("credit_own"))


def _may_come(row: Row) -> bool:
    """Published, and neither withdrawn nor repaired nor asked already."""
    over = row.known.is_withdrawn or row.known.repaired_on is not None or row.known.asks_repair
    return row.is_public and not over


def own_url(company: Company, period: Period) -> str:
    """The company's own page, as of the last day."""
    return f"{reverse('credit_own')}?on={period.until}"

"""What a company is told by itself of its records' periods: repair may be asked from today on; publication has ended.

Told once, on the day or as soon after it as the task runs; the notice itself is what remembers it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from credit import selectors
from credit.models import Fact
from credit.selectors import Row
from credit.values import SEVERITIES
from credit.window_rules import rule_on
from credit.windows import MONTHS
from submissions.models import Notice
from submissions.notices import notify

OPENED, ENDED = "credit.repair_open", "credit.window_ended"
LOOK_BACK = timedelta(days=14)  # a portal that stood still for so long forgets nobody
_SLACK = timedelta(days=4)  # months have 28 to 31 days: the exact day is reckoned row by row


def tell(on: date | None = None) -> int:
    """Tell what has come about since `LOOK_BACK`; how many notices."""
    day = on or timezone.localdate()
    return sum(
        _tell(fact, day) for fact in Fact.objects.filter(_near(day)).select_related("company", "agency")
    )


def _near(day: date) -> Q:
    """Facts with one end or the other of their period in those days, roughly."""
    found = Q(pk__in=[])
    for severity in SEVERITIES:
        dated = rule_on(severity, day)
        if dated is None:
            continue
        shown = Q() if dated.rule.always else Q(made_public=True)
        for months in filter(None, (dated.rule.min_months, dated.rule.max_months)):
            at = _months_before(day, months)
            span = (at - LOOK_BACK - _SLACK, at + _SLACK)
            found |= Q(severity=severity, ruled_on__range=span) & shown
    return found


def _months_before(day: date, months: int) -> date:
    year, month = divmod(day.year * MONTHS + day.month - 1 - months, MONTHS)
    return date(year, month + 1, min(day.day, 28))


def _tell(fact: Fact, day: date) -> int:
    with transaction.atomic():
        # Of two workers the second finds the notices of the first.
        Fact.objects.select_for_update(no_key=True).get(pk=fact.pk)
        row = selectors.fact_of(fact.company, fact.pk, day)
        return sum(_once(fact, code) for code in _due(row, day)) if row else 0


def _due(row: Row, day: date) -> Iterator[str]:
    """What has come about for that record by that day and is not too long ago."""
    its = row.window
    if its is None or row.known.is_withdrawn or row.known.repaired_on:
        return
    since = day - LOOK_BACK
    if its.is_public and row.repair_open and its.repair_from > row.fact.ruled_on and its.repair_from >= since:
        yield OPENED
    if its.is_public and since <= its.ends_on <= day:
        yield ENDED


def _once(fact: Fact, code: str) -> int:
    if Notice.objects.filter(company=fact.company, code=code, params__fact=str(fact.pk)).exists():
        return 0
    params = {"document": fact.document_no, "ruled_on": fact.ruled_on.isoformat(), "fact": str(fact.pk)}
    notify(fact.company, code, params, url=reverse("credit_own"))
    return 1

"""This room's figures on a company's overview: counts alone, no person and no number.

Which pairs were asked, and what came of them, nobody reads here.
"""

from __future__ import annotations

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from accounts.models import Company
from identity.models import Batch, UseAnswer
from submissions.figures import Figure, Number, Period

GROUP = _("Identity checks")


def figures() -> list[Figure]:
    """What `registration.register` registers."""
    return [
        Figure(
            "identity-pairs", GROUP, _("Names and numbers handed in to be checked"), pairs,
            note=_("In batches, by the day received."), rank=80,
        ),
        Figure(
            "identity-not-mine", GROUP, _("Lists of which a person said: this was not me"), not_mine,
            note=_("By the day reported; customs examine each report."), rank=81,
        ),
    ]  # fmt: skip


def pairs(company: Company, period: Period) -> Number:
    """How many pairs the company's batches held."""
    since, after = period.moments
    rows = Batch.objects.filter(company=company, created_at__gte=since, created_at__lt=after)
    count: int = rows.aggregate(total=Sum("count"))["total"] or 0
    return count


def not_mine(company: Company, period: Period) -> Number:
    """How many lists of the firm somebody said were not theirs."""
    since, after = period.moments
    rows = UseAnswer.objects.filter(firm=company, answer=UseAnswer.Answer.NOT_MINE)
    return rows.filter(at__gte=since, at__lt=after).count()

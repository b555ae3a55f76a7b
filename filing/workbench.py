"""This room's numbers on the workbench: goods files to be mended, goods on file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from filing.goods.services import KIND
from filing.selectors import GoodsFilter, current_goods, goods_visible_to
from submissions.models import Submission, SubmissionState
from submissions.registry import Counter

if TYPE_CHECKING:
    from accounts.principals import Principal


def counters() -> Iterable[Counter]:
    """One for what is to be done, one for what is there."""
    return [
        Counter("goods-faulty", _("goods files with rows to be mended"), "action", _faulty, _faulty_url),
        Counter("goods-filed", _("goods on file"), "done", _filed, lambda principal: reverse("goods")),
    ]


def to_mend(principal: Principal) -> Submission | None:
    """The newest file of a company, when some of its rows were not taken: older ones are past mending."""
    if principal.company is None:
        return None
    rows = Submission.objects.filter(company=principal.company, kind=KIND, submitted_at__isnull=False)
    newest = rows.order_by("-pk").first()
    wrong = (SubmissionState.PARTLY_ACCEPTED, SubmissionState.REFUSED)
    return newest if newest is not None and newest.state in wrong else None


def _faulty(principal: Principal) -> int:
    return int(to_mend(principal) is not None)


def _faulty_url(principal: Principal) -> str:
    found = to_mend(principal)
    return f"{reverse('submissions')}?q={found.reference if found else ''}"


def _filed(principal: Principal) -> int:
    return current_goods(goods_visible_to(principal), GoodsFilter()).count()

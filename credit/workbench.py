"""This room's number on the workbench: records whose repair may be asked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from credit.selectors import Row, rows_of
from submissions.registry import Counter

if TYPE_CHECKING:
    from accounts.principals import Principal

REPAIRABLE = "repairable"


def counters() -> Iterable[Counter]:
    """One: what the company can do about its records."""
    label = _("integrity records whose repair may be asked")
    return [Counter("credit-repairable", label, "action", _count, _url)]


def is_repairable(row: Row) -> bool:
    """Published, and its shortest period is over."""
    return row.repair_open and row.is_public


def _count(principal: Principal) -> int:
    if principal.company is None:
        return 0
    return sum(map(is_repairable, rows_of(principal.company, timezone.localdate())))


def _url(principal: Principal) -> str:
    return f"{reverse('credit_own')}?show={REPAIRABLE}"

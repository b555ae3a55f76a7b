"""This room's numbers on the workbench."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from forex import selectors
from forex.selectors import payments_visible_to
from submissions.registry import Counter

if TYPE_CHECKING:
    from accounts.principals import Principal


def counters() -> Iterable[Counter]:
    """What is to be matched, and what is to be declared."""
    return [
        Counter(
            "forex-unmatched", _("inward payments to be matched"), "action", _unmatched, partial(_url, "open")
        ),
        Counter(
            "forex-undeclared",
            _("inward payments to be declared"),
            "action",
            _undeclared,
            partial(_url, "undeclared"),
        ),
    ]


def _unmatched(principal: Principal) -> int:
    return selectors.unmatched(payments_visible_to(principal)).count()


def _undeclared(principal: Principal) -> int:
    return selectors.undeclared(payments_visible_to(principal)).count()


def _url(tab: str, principal: Principal) -> str:
    try:
        return f"{reverse('forex_payments')}?tab={tab}"
    except NoReverseMatch:
        return ""

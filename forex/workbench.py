"""This room's numbers on the workbench."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from forex.models import BopDeclaration, BopState, InwardPayment
from forex.selectors import open_payments, payments_visible_to
from submissions.registry import Counter

if TYPE_CHECKING:
    from accounts.principals import Principal


def undeclared(principal: Principal) -> QuerySet[InwardPayment]:
    """Payments of which no version is with the bank or accepted, the most urgent first."""
    return without_declaration(payments_visible_to(principal)).order_by("due_on", "id")


def without_declaration(rows: QuerySet[InwardPayment]) -> QuerySet[InwardPayment]:
    """Those of them of which no version is with the bank or accepted."""
    in_force = BopDeclaration.objects.filter(
        payment=OuterRef("pk"), state__in=(BopState.SUBMITTED, BopState.ACCEPTED)
    )
    return rows.filter(~Exists(in_force))


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
    return open_payments(principal).count()


def _undeclared(principal: Principal) -> int:
    return undeclared(principal).count()


def _url(tab: str, principal: Principal) -> str:
    try:
        return f"{reverse('forex_payments')}?tab={tab}"
    except NoReverseMatch:
        return ""

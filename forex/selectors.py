"""Reads that pages and the API share."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.principals import Principal
from forex.models import InwardPayment, PaymentState, PayoutStatement


def payments_visible_to(principal: Principal) -> QuerySet[InwardPayment]:
    """A company: its own. A bank: those it pushed. Nobody else: none."""
    rows = InwardPayment.objects.select_related("bank", "company")
    if principal.agency is not None:
        return rows.filter(bank=principal.agency)
    return rows.filter(company=principal.company) if principal.company else rows.none()


def statements_of(principal: Principal) -> QuerySet[PayoutStatement]:
    """The company's own payout statements; a bank sees none of them by itself."""
    rows = PayoutStatement.objects.all()
    return rows.filter(company=principal.company) if principal.company else rows.none()


def open_payments(principal: Principal) -> QuerySet[InwardPayment]:
    """What is not matched in full, the most urgent first."""
    return payments_visible_to(principal).exclude(state=PaymentState.MATCHED).order_by("due_on", "id")

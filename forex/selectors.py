"""Reads that pages, the desk and the API share."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Agency, Company
from accounts.principals import Principal
from forex.models import BopDeclaration, BopState, InwardPayment, PaymentState, PayoutStatement

# The service a mandate is given for: who holds it reads, matches and declares for the company that gave it.
SERVICE = "bop-declaration"
BANK_CODE = "bank"  # codes of banks begin so
IN_FORCE = (BopState.SUBMITTED, BopState.ACCEPTED)


def is_bank(agency: Agency | None) -> bool:
    """Whether that agency keeps accounts; banks are partners, and stand among the agencies by their code."""
    return agency is not None and agency.code.startswith(BANK_CODE)


def payments_visible_to(principal: Principal) -> QuerySet[InwardPayment]:
    """A company: its own, and those of companies whose mandate it holds. A bank: those it pushed. Else none."""
    rows = InwardPayment.objects.select_related("bank", "company", "owner")
    if principal.agency is not None:
        return rows.filter(bank=principal.agency)
    return rows.filter(company__in=principal.acting_for(SERVICE))


def statements_of(principal: Principal) -> QuerySet[PayoutStatement]:
    """Payout statements of the company and of those it acts for; a bank sees none of them by itself."""
    return PayoutStatement.objects.filter(company__in=principal.acting_for(SERVICE)).select_related("company")


def declarations_visible_to(principal: Principal) -> QuerySet[BopDeclaration]:
    """All versions of the declarations of the payments one may see."""
    rows = BopDeclaration.objects.filter(payment__in=payments_visible_to(principal).values("pk"))
    return rows.select_related("submission", "payment__company", "payment__bank")


def clients_of(principal: Principal) -> list[Company]:
    """For whom one hands in here: oneself first, then those whose mandate one holds."""
    own = principal.company.pk if principal.company else None
    found = Company.objects.filter(pk__in=principal.acting_for(SERVICE))
    return sorted(found, key=lambda row: (row.pk != own, row.name))


def _in_force() -> Exists:
    return Exists(BopDeclaration.objects.filter(payment=OuterRef("pk"), state__in=IN_FORCE))


def unmatched(rows: QuerySet[InwardPayment]) -> QuerySet[InwardPayment]:
    """What is not matched in full."""
    return rows.exclude(state=PaymentState.MATCHED)


def undeclared(rows: QuerySet[InwardPayment]) -> QuerySet[InwardPayment]:
    """Payments of which no version is with the bank or accepted."""
    return rows.filter(~_in_force())


def unsettled(rows: QuerySet[InwardPayment]) -> QuerySet[InwardPayment]:
    """What somebody still has to clear up: not matched in full, or not declared."""
    return rows.filter(~Q(state=PaymentState.MATCHED) | ~_in_force())


def overdue(rows: QuerySet[InwardPayment], today: date) -> QuerySet[InwardPayment]:
    """Unsettled after its last day."""
    return unsettled(rows).filter(due_on__lt=today)

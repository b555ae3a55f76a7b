"""Who reads which declarations, and what lists, case and API share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import F, Q, QuerySet

from accounts.permissions import Permission
from customs.b2b.judging import CODE
from customs.models import B2BDeclaration
from customs.models.b2b import B2BState

if TYPE_CHECKING:
    from accounts.principals import Principal

AGENCY = "customs"


@dataclass(frozen=True, slots=True)
class Asked:
    """How a list is narrowed; "" and None mean: not at all. `wrong`: only those whose mode does not fit."""

    state: str = ""
    mode: str = ""
    text: str = ""
    since: date | None = None
    until: date | None = None
    wrong: bool = False


def visible_to(principal: Principal | None) -> QuerySet[B2BDeclaration]:
    """Customs reads all; a company its own, and those of companies that gave it a mandate in force."""
    rows = B2BDeclaration.objects.select_related("submission", "company", "declarant")
    if principal is None or not principal.may(Permission.SUBMISSION_READ):
        return rows.none()
    if principal.agency is not None:
        return rows if principal.agency.code == AGENCY else rows.none()
    return rows.filter(company_id__in=principal.acting_for(CODE))


def narrowed(rows: QuerySet[B2BDeclaration], asked: Asked) -> QuerySet[B2BDeclaration]:
    """Those asked for, newest first."""
    if asked.state in B2BState.values:
        rows = rows.filter(state=asked.state)
    if asked.mode:
        rows = rows.filter(trade_mode=asked.mode)
    if asked.wrong:
        rows = rows.filter(wrong_mode())
    if asked.since:
        rows = rows.filter(declared_on__gte=asked.since)
    if asked.until:
        rows = rows.filter(declared_on__lte=asked.until)
    if asked.text:
        rows = rows.filter(by_number(asked.text))
    return rows.order_by("-id")


def by_number(text: str) -> Q:
    """The declaration's own number, its reference, its order, booking or transport document."""
    return (
        Q(declaration_no=text)
        | Q(submission__reference=text)
        | Q(order_no=text)
        | Q(booking_no=text)
        | Q(logistics_no=text)
    )


def wrong_mode() -> Q:
    """Another mode fits than the one claimed, and no two officials have said that it is B2B all the same."""
    return ~Q(trade_mode=F("fitting_mode")) & Q(overridden_as="")


def search(text: str) -> Q:
    """Submissions whose B2B declaration bears that number."""
    rows = B2BDeclaration.objects.filter(by_number(text))
    return Q(pk__in=rows.values("submission"))

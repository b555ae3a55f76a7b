"""The officials' desk of this room: a case three ways, its differences settled by two people, all open ones.

Which cases an official sees is the queue's rule (`cases_of`): those referred to the own agency.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.permissions import Permission
from accounts.principals import Principal
from submissions.admin_cases import the_principal
from submissions.admin_queue import cases_of
from submissions.admin_registry import (
    DESKS,
    CaseDesk,
    CaseFlag,
    CaseSection,
    DeskPage,
    of_agencies,
    page,
    register_case_desk,
    register_flag,
    register_page,
)
from submissions.models import Referral
from tax import services
from tax.admin_settle import declaration_of, is_mine, proposal, settle, settlement, the_declaration
from tax.guards import NOT_GRANTED
from tax.models import DeclarationState, ExemptionDeclaration, Settlement
from tax.selectors import AGENCY, SERVICE
from tax.tables import csv_response
from tax.threeway import three_way

PAGE = 50
SHOWN = 200  # rows in the case itself; the table and its CSV have them all
P = Permission


# --- the case ---------------------------------------------------------------------------------------------


def sections(request: HttpRequest, referral: Referral) -> Sequence[CaseSection]:
    """How the month stands three ways, what differs, and how it is being settled."""
    row = declaration_of(referral)
    found, principal = three_way(row), the_principal(request)
    context = {
        "row": row,
        "referral": referral,
        "found": found,
        "differing": found.of("differs")[:SHOWN],
        "settlements": _settlements(row),
        "open": proposal(row),
        "out": services.taken_out(row),
        "may_work": principal.may(P.QUEUE_WORK),
        "is_mine": is_mine(proposal(row), principal),
    }
    return (CaseSection("admin/desk/exemption.html", context),)


def _settlements(row: ExemptionDeclaration) -> list[Settlement]:
    return list(row.settlements.select_related("prepared_by", "decided_by").order_by("prepared_at"))


# --- the table --------------------------------------------------------------------------------------------


@never_cache
@require_safe
def lines(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Every line three ways."""
    referral, row = the_declaration(request, case_id)
    found = three_way(row)
    context = {
        "title": gettext("Portal, customs and tax, line by line"),
        "referral": referral,
        "row": row,
        "found": found,
        "sheet": Paginator(found.rows, PAGE).get_page(request.GET.get("page")),
    }
    return page(request, "admin/desk/exemption_lines.html", context)


@never_cache
@require_safe
def lines_csv(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The same as CSV."""
    return csv_response(three_way(the_declaration(request, case_id)[1]))


# --- all open ones ----------------------------------------------------------------------------------------


def _of_agency(principal: Principal) -> QuerySet[Referral]:
    return cases_of(principal).filter(submission__kind=SERVICE)


def _to_settle() -> Q:
    """Differences that nobody has proposed to settle yet."""
    open_ones = Settlement.objects.filter(state=Settlement.State.PREPARED).values("declaration_id")
    rows = ExemptionDeclaration.objects.filter(state=DeclarationState.DIFFERENCES).exclude(pk__in=open_ones)
    return Q(submission__in=rows.values("submission_id"))


def _to_approve(but: User | None = None) -> Q:
    """Proposals that wait for a second official; `but`: not those of this one."""
    open_ones = Settlement.objects.filter(state=Settlement.State.PREPARED)
    if but is not None:
        open_ones = open_ones.exclude(prepared_by=but)
    return Q(submission__in=open_ones.values("declaration__submission_id"))


def waiting(principal: Principal) -> int:
    """What this official can do something about: differences, and proposals of colleagues."""
    if not principal.may(P.QUEUE_WORK):
        return 0
    return _of_agency(principal).filter(_to_settle() | _to_approve(principal.user)).count()


@never_cache
@require_safe
def exemptions(request: HttpRequest) -> HttpResponse:
    """The agency's declarations of exemption, those with something to do first."""
    principal = the_principal(request)
    cases = _of_agency(principal)
    groups = [
        (gettext("To be settled"), cases.filter(_to_settle())),
        (gettext("To be approved by a second official"), cases.filter(_to_approve())),
    ]
    everything = cases.select_related("submission__company", "submission__exemption_declaration")
    context = {
        "title": gettext("Exemption declarations"),
        "groups": [(title, rows.count()) for title, rows in groups],
        "sheet": Paginator(_ordered(everything), PAGE).get_page(request.GET.get("page")),
    }
    return page(request, "admin/desk/exemptions.html", context)


def _ordered(rows: QuerySet[Referral]) -> QuerySet[Referral]:
    first = Q(submission__exemption_declaration__state=DeclarationState.DIFFERENCES)
    return rows.annotate(is_open=first).order_by("-is_open", "-created_at", "pk")


register_case_desk(CaseDesk((SERVICE,), decided_here=False, elsewhere=NOT_GRANTED, sections=sections))
register_flag(CaseFlag("exemption-differences", _("exemption with differences"), _to_settle, attention=True))
register_flag(
    CaseFlag(
        "exemption-approval",
        _("exemption to be approved"),
        _to_approve,
        attention=True,
    )
)
for one in (
    DeskPage(
        "exemptions", "exemptions/", exemptions, P.QUEUE_READ, _("Exemptions"), waiting, 4,
        _("Months declared without invoice, beside customs' data; differences settled by two people."),
        of_agencies(AGENCY), DESKS,
    ),
    DeskPage("exemption_lines", "exemptions/<uuid:case_id>/lines/", lines, P.QUEUE_READ),
    DeskPage("exemption_csv", "exemptions/<uuid:case_id>/lines.csv", lines_csv, P.QUEUE_READ),
    DeskPage("exemption_settle", "exemptions/<uuid:case_id>/settle/", settle, P.QUEUE_WORK),
    DeskPage("exemption_approve", "exemptions/<uuid:case_id>/settlement/", settlement, P.QUEUE_WORK),
):  # fmt: skip
    register_page(one)

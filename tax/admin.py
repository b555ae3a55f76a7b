"""The officials' desk of this room: a case three ways, its differences settled by two people, all open ones.

Which cases an official sees is the queue's rule (`cases_of`): those referred to the own agency.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.permissions import Permission
from accounts.principals import Principal
from reference.problems import Problem, Refused
from submissions.admin_cases import the_case, the_principal
from submissions.admin_queue import cases_of
from submissions.admin_registry import (
    CaseDesk,
    CaseFlag,
    CaseSection,
    DeskPage,
    page,
    register_case_desk,
    register_flag,
    register_page,
)
from submissions.lifecycle import WrongState
from submissions.models import Referral
from tax import services
from tax.guards import NOT_GRANTED
from tax.models import DeclarationState, DeclaredLine, ExemptionDeclaration, Settlement
from tax.selectors import SERVICE
from tax.tables import csv_response
from tax.threeway import three_way

PAGE = 50
SHOWN = 200  # rows in the case itself; the table and its CSV have them all
P = Permission


# --- the case ---------------------------------------------------------------------------------------------


def sections(request: HttpRequest, referral: Referral) -> Sequence[CaseSection]:
    """How the month stands three ways, what differs, and how it is being settled."""
    row = _declaration(referral)
    found, principal = three_way(row), the_principal(request)
    context = {
        "row": row,
        "referral": referral,
        "found": found,
        "differing": found.of("differs")[:SHOWN],
        "settlements": _settlements(row),
        "open": _open(row),
        "may_work": principal.may(P.QUEUE_WORK),
        "is_mine": _is_mine(_open(row), principal),
    }
    return (CaseSection("admin/desk/exemption.html", context),)


def _declaration(referral: Referral) -> ExemptionDeclaration:
    row = (
        ExemptionDeclaration.objects.filter(submission=referral.submission_id)
        .select_related("company")
        .first()
    )
    if row is None:
        raise Http404
    return row


def _settlements(row: ExemptionDeclaration) -> list[Settlement]:
    return list(row.settlements.select_related("prepared_by", "decided_by").order_by("prepared_at"))


def _open(row: ExemptionDeclaration) -> Settlement | None:
    prepared = row.settlements.filter(state=Settlement.State.PREPARED)
    return prepared.select_related("prepared_by").first()


def _is_mine(settlement: Settlement | None, principal: Principal) -> bool:
    return settlement is not None and settlement.prepared_by == principal.user


def _case(request: HttpRequest, case_id: UUID) -> tuple[Referral, ExemptionDeclaration]:
    referral = the_case(request, case_id)
    return referral, _declaration(referral)


def _user(principal: Principal) -> User:
    if principal.user is None:
        raise Http404
    return principal.user


# --- the table --------------------------------------------------------------------------------------------


@never_cache
@require_safe
def lines(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Every line three ways."""
    referral, row = _case(request, case_id)
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
    return csv_response(three_way(_case(request, case_id)[1]))


# --- settling ---------------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def settle(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Propose for every difference whose figure counts, with the reason; a colleague approves it."""
    referral, row = _case(request, case_id)
    principal, given = the_principal(request), _given(request, row)
    reason = request.POST.get("reason", "")
    problems: Sequence[Problem] = ()
    if request.method == "POST":
        try:
            services.prepare(
                declaration=row, choices=given, reason=reason, user=_user(principal), by=principal.actor
            )
        except Refused as refused:
            problems = refused.problems
        else:
            messages.success(request, gettext("Proposed; a colleague has to approve it."))
            return redirect("admin:case", case_id)
    context = {
        "title": gettext("Settle the differences"),
        "referral": referral,
        "row": row,
        "lines": [(line, given.get(str(line), ""), _choices(line)) for line in _differing(row)],
        "reason": reason,
        "problems": problems,
        "is_open": row.state == DeclarationState.DIFFERENCES and _open(row) is None,
    }
    return page(request, "admin/desk/exemption_settle.html", context, status=422 if problems else 200)


def _differing(row: ExemptionDeclaration) -> QuerySet[DeclaredLine]:
    return row.lines.exclude(outcome__in=("equal", ""))


def _given(request: HttpRequest, row: ExemptionDeclaration) -> dict[str, str]:
    asked = {str(line): request.POST.get(f"choice:{line}", "") for line in _differing(row)}
    return {path: choice for path, choice in asked.items() if choice}


def _choices(line: DeclaredLine) -> Sequence[tuple[str, object]]:
    """What can be decided: customs' figure only where customs has one."""
    decisions = DeclaredLine.Decision
    found: list[tuple[str, object]] = [(one.value, one.label) for one in decisions]
    return found if line.customs_amount is not None else [one for one in found if one[0] != decisions.CUSTOMS]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def settlement(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The second approval: the proposal line by line, to approve or to send back with the reason."""
    referral, row = _case(request, case_id)
    principal, proposed = the_principal(request), _open(row)
    problems: Sequence[Problem] = ()
    if request.method == "POST" and proposed is not None:
        problems = _decide(request, proposed, principal)
        if not problems:
            return redirect("admin:case", case_id)
    context = {
        "title": gettext("Second approval"),
        "referral": referral,
        "row": row,
        "proposed": proposed,
        "lines": [(line, _chosen(proposed, line), ()) for line in _differing(row)] if proposed else [],
        "is_mine": _is_mine(proposed, principal),
        "why": request.POST.get("why", ""),
        "problems": problems,
    }
    return page(request, "admin/desk/exemption_approve.html", context, status=422 if problems else 200)


def _chosen(proposed: Settlement, line: DeclaredLine) -> str:
    choice = proposed.choices.get(str(line), "")
    return str(DeclaredLine.Decision(choice).label) if choice in DeclaredLine.Decision.values else ""


def _decide(request: HttpRequest, proposed: Settlement, principal: Principal) -> Sequence[Problem]:
    verbs: dict[str, tuple[Callable[..., object], str]] = {
        "approve": (services.approve, gettext("Approved: the differences are settled.")),
        "send_back": (services.send_back, gettext("Sent back to the colleague.")),
    }
    verb, said = verbs.get(request.POST.get("verb", ""), (None, ""))
    if verb is None:
        return [Problem("settlement.verb", "/verb", gettext("Approve it or send it back."))]
    why = request.POST.get("why", "")
    try:
        verb(settlement=proposed, user=_user(principal), by=principal.actor, why=why)
    except Refused as refused:
        return refused.problems
    except WrongState:
        messages.error(request, gettext("A colleague has decided on it meanwhile; nothing was changed."))
    else:
        messages.success(request, said)
    return ()


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
    ),
    DeskPage("exemption_lines", "exemptions/<uuid:case_id>/lines/", lines, P.QUEUE_READ),
    DeskPage("exemption_csv", "exemptions/<uuid:case_id>/lines.csv", lines_csv, P.QUEUE_READ),
    DeskPage("exemption_settle", "exemptions/<uuid:case_id>/settle/", settle, P.QUEUE_WORK),
    DeskPage("exemption_approve", "exemptions/<uuid:case_id>/settlement/", settlement, P.QUEUE_WORK),
):  # fmt: skip
    register_page(one)

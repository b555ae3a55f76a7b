"""Differences at the officials' desk: one proposes whose figure counts, another approves or sends back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.principals import Principal
from reference.problems import Problem, Refused
from submissions.admin_cases import the_case, the_principal
from submissions.admin_registry import page
from submissions.lifecycle import WrongState
from submissions.models import Referral
from tax import services
from tax.models import DeclarationState, DeclaredLine, ExemptionDeclaration, Settlement
from tax.threeway import three_way


def declaration_of(referral: Referral) -> ExemptionDeclaration:
    """What the case is about; 404 for a case of another kind."""
    rows = ExemptionDeclaration.objects.filter(submission=referral.submission_id)
    row = rows.select_related("company").first()
    if row is None:
        raise Http404
    return row


def the_declaration(request: HttpRequest, case_id: UUID) -> tuple[Referral, ExemptionDeclaration]:
    """A case of the reader's own agency with its declaration."""
    referral = the_case(request, case_id)
    return referral, declaration_of(referral)


def proposal(row: ExemptionDeclaration) -> Settlement | None:
    """What waits for its second approval."""
    prepared = row.settlements.filter(state=Settlement.State.PREPARED)
    return prepared.select_related("prepared_by").first()


def is_mine(settlement: Settlement | None, principal: Principal) -> bool:
    """Whether this official prepared it."""
    return settlement is not None and settlement.prepared_by == principal.user


def _user(principal: Principal) -> User:
    if principal.user is None:
        raise Http404
    return principal.user


@dataclass(frozen=True, slots=True)
class Difference:
    """A line to be settled: what customs' closed list says, what counts, and what can be chosen (empty: nothing)."""

    line: DeclaredLine
    listed: Decimal | None
    chosen: str
    choices: Sequence[tuple[str, object]]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def settle(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Propose for every difference whose figure counts, or afterwards which lines are let in again; with the reason."""
    referral, row = the_declaration(request, case_id)
    given, listed = _given(request, row), _listed(row)
    is_lift = row.state != DeclarationState.DIFFERENCES
    problems: Sequence[Problem] = ()
    if request.method == "POST":
        problems = _propose(request, row, given, is_lift=is_lift)
        if not problems:
            messages.success(request, gettext("Proposed; a colleague has to approve it."))
            return redirect("admin:case", case_id)
    context = {
        "title": gettext("Let lines in again") if is_lift else gettext("Settle the differences"),
        "referral": referral,
        "row": row,
        "differences": [
            Difference(line, listed.get(str(line)), given.get(str(line), ""), _choices(line))
            for line in _differing(row)
        ],
        "out": services.taken_out(row) if is_lift and proposal(row) is None else [],
        "reason": request.POST.get("reason", ""),
        "problems": problems,
        "is_open": row.state == DeclarationState.DIFFERENCES and proposal(row) is None,
    }
    return page(request, "admin/desk/exemption_settle.html", context, status=422 if problems else 200)


def _propose(
    request: HttpRequest, row: ExemptionDeclaration, given: dict[str, str], *, is_lift: bool
) -> Sequence[Problem]:
    principal, reason = the_principal(request), request.POST.get("reason", "")
    user, by = _user(principal), principal.actor
    try:
        if is_lift:
            lines = request.POST.getlist("line")
            services.propose_lift(declaration=row, lines=lines, reason=reason, user=user, by=by)
        else:
            services.prepare(declaration=row, choices=given, reason=reason, user=user, by=by)
    except Refused as refused:
        return refused.problems
    return ()


def _differing(row: ExemptionDeclaration) -> QuerySet[DeclaredLine]:
    return row.lines.exclude(outcome__in=("equal", ""))


def _listed(row: ExemptionDeclaration) -> dict[str, Decimal]:
    """Line → what customs' closed list says."""
    return {one.path: one.customs for one in three_way(row).of("differs") if one.customs is not None}


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
    referral, row = the_declaration(request, case_id)
    principal, proposed = the_principal(request), proposal(row)
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
        "differences": _proposed(row, proposed) if proposed else [],
        "is_mine": is_mine(proposed, principal),
        "why": request.POST.get("why", ""),
        "problems": problems,
    }
    return page(request, "admin/desk/exemption_approve.html", context, status=422 if problems else 200)


def _proposed(row: ExemptionDeclaration, proposed: Settlement) -> list[Difference]:
    listed = _listed(row)
    lines = [line for line in _differing(row) if str(line) in proposed.choices]
    return [Difference(line, listed.get(str(line)), _chosen(proposed, line), ()) for line in lines]


def _chosen(proposed: Settlement, line: DeclaredLine) -> str:
    choice = proposed.choices.get(str(line), "")
    if choice == Settlement.Kind.LIFT:
        return str(Settlement.Kind.LIFT.label)
    return str(DeclaredLine.Decision(choice).label) if choice in DeclaredLine.Decision.values else ""


def _decide(request: HttpRequest, proposed: Settlement, principal: Principal) -> Sequence[Problem]:
    verbs: dict[str, tuple[Callable[..., object], str]] = {
        "approve": (services.approve, gettext("Approved: it takes effect at once.")),
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

"""The officials' desk: the section of a case, overrides with their second approval, the entry of returns."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import Permission
from accounts.principals import Principal
from customs.b2b import overrides, returns
from customs.b2b.forms import OverrideForm, ReturnForm
from customs.b2b.judging import CODE
from customs.b2b.panel import shown_of
from customs.b2b.selectors import AGENCY, by_number, wrong_mode
from customs.models import B2BDeclaration, B2BOverride
from reference.problems import Refused
from submissions.admin_cases import the_principal
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
    register_search,
)
from submissions.definitions import case as form_case
from submissions.lifecycle import WrongState
from submissions.models import ApprovalState, Referral

PAGE = 50
BOTH = ["GET", "HEAD", "POST"]


def register() -> None:
    """Customs decides in its own system; what it says comes through the inbox."""
    register_case_desk(CaseDesk((CODE,), decided_here=False, sections=sections))
    register_flag(CaseFlag("b2b_mode", _("B2B mode that does not fit"), wrong_cases, attention=True))
    register_search(cases_by_number)
    for one in PAGES:
        register_page(one)


def sections(request: HttpRequest, referral: Referral) -> Sequence[CaseSection]:
    """What the rules say, with what two officials may do about it; then the form as customs got it."""
    row = B2BDeclaration.objects.filter(submission=referral.submission_id).select_related("declarant").first()
    if row is None:
        return form_case.sections(request, referral)
    principal = the_principal(request)
    waiting = row.overrides.filter(state=ApprovalState.PREPARED).select_related("prepared_by").first()
    context = shown_of(row) | {
        "waiting": waiting,
        "is_mine": waiting is not None and waiting.prepared_by == principal.user,
        "works": principal.may(Permission.QUEUE_WORK),
    }
    return [CaseSection("admin/desk/b2b.html", context), *form_case.sections(request, referral)]


def wrong_cases() -> Q:
    """Cases whose claimed mode does not fit what was handed in."""
    return Q(submission__in=B2BDeclaration.objects.filter(wrong_mode()).values("submission"))


def cases_by_number(text: str) -> Q:
    """Cases with that customs declaration, order, booking or transport document."""
    return Q(submission__in=B2BDeclaration.objects.filter(by_number(text)).values("submission"))


def _declaration(request: HttpRequest, declaration_id: UUID) -> tuple[B2BDeclaration, Referral, Principal]:
    """A declaration before the official's own agency; anything else is as if it did not exist."""
    principal = the_principal(request)
    rows = Referral.objects.filter(agency=principal.agency, agency__code=AGENCY)
    case = rows.filter(submission__b2b_declaration=declaration_id).first()
    if case is None:
        raise Http404
    row = B2BDeclaration.objects.select_related("submission", "company").get(pk=declaration_id)
    return row, case, principal


@never_cache
@require_http_methods(BOTH)
def override(request: HttpRequest, declaration_id: UUID) -> HttpResponse:
    """Propose to classify otherwise than the rules."""
    row, case, principal = _declaration(request, declaration_id)
    form = OverrideForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            overrides.propose(row, by=principal, **form.cleaned_data)
        except Refused as refused:
            form.take(refused.problems)
        else:
            messages.success(request, gettext("Proposed; a colleague has to approve it."))
            return redirect("admin:case", case.pk)
    context = {"title": gettext("Classify otherwise"), "form": form, "case": case, "row": row}
    return page(request, "admin/desk/b2b_form.html", context, status=400 if form.is_bound else 200)


@require_POST
def decide(request: HttpRequest, override_id: UUID) -> HttpResponse:
    """The second official approves or sends back; the button says which."""
    waiting = B2BOverride.objects.select_related("declaration").filter(pk=override_id).first()
    if waiting is None:
        raise Http404
    _row, case, principal = _declaration(request, waiting.declaration_id)
    try:
        if request.POST.get("verb") == "approve":
            overrides.approve(waiting, by=principal)
            messages.success(request, gettext("Approved; it counts from now on."))
        else:
            overrides.send_back(waiting, by=principal, why=request.POST.get("why", ""))
            messages.success(request, gettext("Sent back to who proposed it."))
    except Refused as refused:
        for problem in refused.problems:
            messages.error(request, problem.text)
    except WrongState:
        messages.warning(request, gettext("It has been decided already."))
    return redirect("admin:case", case.pk)


@never_cache
@require_http_methods(BOTH)
def enter_return(request: HttpRequest, declaration_id: UUID) -> HttpResponse:
    """Enter goods that came back."""
    row, case, principal = _declaration(request, declaration_id)
    lines = [(str(line.pk), f"{line.gnum} {line.goods_name}") for line in row.lines.all()]
    form = ReturnForm(request.POST if request.method == "POST" else None, lines=lines)
    if form.is_bound and form.is_valid():
        try:
            entered = returns.enter_return(form.told(), by=principal)
        except Refused as refused:
            form.take(refused.problems)
        else:
            free, due = gettext("Entered: free of import taxes."), gettext("Entered: import taxes are due.")
            messages.success(request, free if entered.relieved else due)
            return redirect("admin:case", case.pk)
    context = {"title": gettext("Goods that came back"), "form": form, "case": case, "row": row}
    return page(request, "admin/desk/b2b_form.html", context, status=400 if form.is_bound else 200)


def waiting_for(principal: Principal) -> QuerySet[B2BOverride]:
    """Proposals on which this official may decide: not one's own."""
    rows = B2BOverride.objects.filter(state=ApprovalState.PREPARED)
    if principal.agency is None or principal.agency.code != AGENCY:
        return rows.none()
    return rows.exclude(prepared_by=principal.user)


def waiting_count(principal: Principal) -> int:
    """The number in the menu."""
    return waiting_for(principal).count()


@never_cache
@require_safe
def approvals(request: HttpRequest) -> HttpResponse:
    """Proposals of colleagues that wait for a second official."""
    principal = the_principal(request)
    if principal.agency is None or principal.agency.code != AGENCY:
        raise Http404
    rows = waiting_for(principal).select_related(
        "declaration__submission", "declaration__company", "prepared_by"
    )
    sheet = Paginator(rows.order_by("prepared_at"), PAGE).get_page(request.GET.get("page"))
    cases = Referral.objects.filter(
        agency=principal.agency, submission__in=[one.declaration.submission_id for one in sheet]
    )
    found = {case.submission_id: case.pk for case in cases}
    listed = [(one, found.get(one.declaration.submission_id)) for one in sheet]
    context = {"title": gettext("B2B: second approvals"), "sheet": sheet, "listed": listed}
    return page(request, "admin/desk/b2b_approvals.html", context)


WORK = Permission.QUEUE_WORK
PAGES = (
    DeskPage("b2b_override", "b2b/<uuid:declaration_id>/override/", override, WORK),
    DeskPage("b2b_decide", "b2b/overrides/<uuid:override_id>/decide/", decide, WORK),
    DeskPage("b2b_return", "b2b/<uuid:declaration_id>/return/", enter_return, WORK),
    DeskPage(
        "b2b_approvals", "b2b/approvals/", approvals, WORK, _("B2B second approvals"), waiting_count, 3,
        _("Classifications that a colleague proposes against the rules."),
        of_agencies(AGENCY), DESKS,
    ),
)  # fmt: skip

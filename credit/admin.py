"""The officials' desk of this room: records of the agency, their withdrawal by two people, looks with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Literal, cast
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Agency
from accounts.permissions import Permission
from accounts.principals import Principal
from credit import requests, selectors, services
from credit.forms import FactForm, LevelForm, LookForm
from credit.models import Fact, Look, Withdrawal, WithdrawalState
from credit.rules import LEVEL_AGENCY
from credit.views import whole
from reference.problems import Refused
from submissions.admin_cases import the_principal
from submissions.admin_registry import (
    DESKS,
    CaseDesk,
    CaseFlag,
    CaseSection,
    DeskPage,
    page,
    register_case_desk,
    register_flag,
    register_page,
)
from submissions.definitions import case
from submissions.models import Referral

P = Permission
LOOK_LASTS = timedelta(minutes=30)
SHOWN = 100


def _agency(principal: Principal) -> Agency:
    if principal.agency is None:
        raise Http404
    return principal.agency


def _refused(request: HttpRequest, refused: Refused) -> None:
    for problem in refused.problems:
        messages.error(request, problem.text)


def _open(principal: Principal) -> Any:
    rows = Withdrawal.objects.filter(state=WithdrawalState.PROPOSED, fact__agency=principal.agency)
    return rows.select_related("fact__company", "proposed_by").order_by("proposed_at")


def to_approve(principal: Principal) -> int:
    """Proposals of colleagues that wait for this official."""
    return int(_open(principal).exclude(proposed_by=principal.user).count())


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def credit(request: HttpRequest) -> HttpResponse:
    """The agency's records, what waits for a second official, and the question about a company."""
    principal = the_principal(request)
    agency = principal.agency
    form = LookForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and agency is not None:
        company, reason = form.cleaned_data["company"], form.cleaned_data["reason"]
        made = services.look(company, agency=agency, by=principal.actor, reason=reason)
        return redirect("admin:credit_look", made.pk)
    context = {
        "title": gettext("Integrity records"),
        "form": form,
        "open": _open(principal),
        "facts": Fact.objects.filter(agency=agency).select_related("company").order_by("-known_at")[:SHOWN],
        "gives_levels": agency is not None and agency.code == LEVEL_AGENCY,
    }
    return page(request, "admin/desk/credit.html", context, status=400 if form.is_bound else 200)


@never_cache
@require_safe
def look(request: HttpRequest, look_id: UUID) -> HttpResponse:
    """The whole record of a company, to the one who gave the reason, for half an hour."""
    principal = the_principal(request)
    since = timezone.now() - LOOK_LASTS
    row = Look.objects.filter(pk=look_id, agency=principal.agency).select_related("company").first()
    if row is None:
        raise Http404
    if row.actor_id != principal.actor.id or row.at < since:
        messages.info(request, gettext("Give your own reason first; it is kept for half an hour."))
        return redirect("admin:credit")
    context = {"title": row.company.display_name, "look": row, **whole(row.company, timezone.localdate())}
    return page(request, "admin/desk/credit_look.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_fact(request: HttpRequest) -> HttpResponse:
    """Enter a fact of one's own agency."""
    principal = the_principal(request)
    agency = _agency(principal)
    form = FactForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            fact, _new = services.record_fact(
                form.told(), company=form.cleaned_data["company"], agency=agency, by=principal.actor
            )
        except Refused as refused:
            form.take(refused.problems)
        except services.Conflict:
            form.add_error("record_no", gettext("This number stands for another record already."))
        else:
            messages.success(request, gettext("The record is entered."))
            return redirect("admin:credit_fact", fact.pk)
    context = {"title": gettext("Enter a fact"), "form": form}
    return page(request, "admin/desk/credit_form.html", context, status=400 if form.is_bound else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_level(request: HttpRequest) -> HttpResponse:
    """Enter a level as customs gave it; for officials of customs."""
    principal = the_principal(request)
    agency = _agency(principal)
    form = LevelForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            services.record_level(
                form.told(), company=form.cleaned_data["company"], agency=agency, by=principal.actor
            )
        except Refused as refused:
            form.take(refused.problems)
        except services.Conflict:
            form.add_error("document_no", gettext("This number stands for another level already."))
        else:
            messages.success(request, gettext("The level is entered."))
            return redirect("admin:credit")
    context = {"title": gettext("Enter a credit level of customs"), "form": form}
    return page(request, "admin/desk/credit_form.html", context, status=400 if form.is_bound else 200)


def _fact(request: HttpRequest, fact_id: UUID) -> Fact:
    rows = Fact.objects.filter(agency=_agency(the_principal(request))).select_related("company", "agency")
    found = rows.filter(pk=fact_id).first()
    if found is None:
        raise Http404
    return found


@never_cache
@require_safe
def fact(request: HttpRequest, fact_id: UUID) -> HttpResponse:
    """One record of one's own agency with all that happened to it."""
    found = _fact(request, fact_id)
    principal = the_principal(request)
    waiting = Withdrawal.objects.filter(fact=found, state=WithdrawalState.PROPOSED).first()
    context = {
        "title": found.document_no,
        "fact": found,
        "events": found.events.select_related("submission"),
        "waiting": waiting,
        "is_mine": waiting is not None and waiting.proposed_by == principal.user,
        "is_withdrawn": found.events.filter(verb="withdraw").exists(),
        "may_record": principal.may(P.FACT_SEND),
    }
    return page(request, "admin/desk/credit_fact.html", context)


@require_POST
def withdrawal(request: HttpRequest, fact_id: UUID) -> HttpResponse:
    """Propose, approve or decline the withdrawal of a record; the button says which."""
    found, principal = _fact(request, fact_id), the_principal(request)
    user, verb = principal.user, request.POST.get("verb", "")
    if user is None:
        raise Http404
    try:
        if verb == "propose":
            services.propose_withdrawal(found, user=user, why=request.POST.get("why", ""), by=principal.actor)
            messages.success(request, gettext("Proposed; a colleague has to approve it."))
        elif verb in ("approve", "decline"):
            row = Withdrawal.objects.filter(fact=found).order_by("-proposed_at").first()
            if row is None:
                raise Http404
            step = cast(Literal["approve", "decline"], verb)
            services.decide_withdrawal(row, step, user=user, by=principal.actor)
            messages.success(request, gettext("Decided."))
    except Refused as refused:
        _refused(request, refused)
    return redirect("admin:credit_fact", fact_id)


def sections(request: HttpRequest, referral: Referral) -> Sequence[CaseSection]:
    """What the agency got, and the record that an objection or a request for repair is about."""
    made = requests.request_of(referral.submission)
    about = [CaseSection("admin/desk/credit_case.html", {"fact": made.fact})] if made else []
    return [*about, *case.sections(request, referral)]


def to_look_at() -> Q:
    """Cases of applicants with a serious record or a dishonest level: they come first in every queue."""
    return Q(submission__company__in=selectors.to_look_at(timezone.localdate()))


register_flag(
    CaseFlag(
        "integrity", _("applicant with a serious record or a dishonest level"), to_look_at, attention=True
    )
)
register_case_desk(CaseDesk(kinds=(requests.OBJECTION, requests.REPAIR), sections=sections))
for one in (
    DeskPage(
        "credit", "credit/", credit, P.RECORD_READ, _("Integrity records"), to_approve, 6,
        _("Enter facts, withdraw wrong ones by two people, look up a company with a reason."),
        group=DESKS,
    ),
    DeskPage("credit_look", "credit/looks/<uuid:look_id>/", look, P.RECORD_READ),
    DeskPage("credit_new_fact", "credit/facts/new/", new_fact, P.FACT_SEND),
    DeskPage("credit_new_level", "credit/levels/new/", new_level, P.FACT_SEND),
    DeskPage("credit_fact", "credit/facts/<uuid:fact_id>/", fact, P.RECORD_READ),
    DeskPage("credit_withdrawal", "credit/facts/<uuid:fact_id>/withdrawal/", withdrawal, P.FACT_SEND),
):  # fmt: skip
    register_page(one)

"""The switch of an agency, its notice, and why it was stopped."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Agency
from accounts.services import AgencyNotice, set_notice
from reference.problems import Refused
from submissions import admin_registry, contacts, outages, services
from submissions.admin_cases import the_principal
from submissions.admin_dispatches import agencies_of
from submissions.admin_forms import ContactForm, OutageForm, ReasonForm, SwitchForm
from submissions.models import AgencyContact, Dispatch, DispatchState, Line

D = DispatchState


@never_cache
@require_safe
def agencies(request: HttpRequest) -> HttpResponse:
    """How each line stands and what waits for it."""
    rows = list(agencies_of(the_principal(request)))
    waiting = _waiting([row.pk for row in rows])
    lines = Line.objects.in_bulk([row.pk for row in rows])
    context = {
        "title": _("Agencies"),
        "rows": [(row, lines.get(row.pk), waiting.get(row.pk, {})) for row in rows],
    }
    return admin_registry.page(request, "admin/desk/agencies.html", context)


def _waiting(ids: list[int]) -> dict[int, Any]:
    rows = Dispatch.objects.filter(referral__agency__in=ids).exclude(state__in=(D.SENT, D.CANCELLED))
    counted = rows.values("referral__agency").annotate(
        queued=Count("pk", filter=Q(state__in=(D.QUEUED, D.LEASED))),
        failed=Count("pk", filter=Q(state__in=(D.STOPPED, D.REFUSED))),
    )
    return {row["referral__agency"]: row for row in counted}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def agency(request: HttpRequest, code: str) -> HttpResponse:
    """The switch of one agency; the button says to which side: an old page never does the contrary."""
    principal = the_principal(request)
    row = agencies_of(principal).filter(code=code).first()
    if row is None:
        raise Http404
    initial = {"notice_zh": row.notice_zh, "notice_en": row.notice_en}
    form = SwitchForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid() and _switch(request, row, form):
        return redirect("admin:agency", code)
    row.refresh_from_db()
    context = {
        "title": row.display_name,
        "agency": row,
        "form": form,
        "line": Line.objects.filter(agency=row).first(),
        "waiting": _waiting([row.pk]).get(row.pk, {}),
        "outages": list(outages.to_come().filter(agency=row)),
        "contact": AgencyContact.objects.filter(agency=row).first(),
    }
    return admin_registry.page(
        request, "admin/desk/agency.html", context, status=400 if form.is_bound else 200
    )


def _switch(request: HttpRequest, row: Agency, form: SwitchForm) -> bool:
    """False when the form was not right; what is wrong stands in it."""
    by, given = the_principal(request).actor, form.cleaned_data
    is_open = request.POST.get("to") == "on"
    try:
        with transaction.atomic():
            moved = services.switch_agency(row.code, is_open=is_open, by=by, because=given["because"])
            set_notice(row, AgencyNotice(given["notice_zh"], given["notice_en"]), by=by)
    except Refused as refused:
        for problem in refused.problems:
            form.add_error("notice_zh", problem.text)
        return False
    if not moved:
        messages.info(request, _("It already stood so; the notice is saved."))
    elif is_open:
        messages.success(request, _("Dispatch is switched on; what waited is sent now."))
    else:
        messages.success(request, _("Dispatch is switched off; documents are still received and wait."))
    return True


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def agency_outage(request: HttpRequest, code: str) -> HttpResponse:
    """Plan an outage of the agency, or cancel one (`cancel`, with a reason)."""
    row = agencies_of(the_principal(request)).filter(code=code).first()
    if row is None:
        raise Http404
    if "cancel" in request.POST:
        return _cancel(request, row)
    form = OutageForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and _announce(request, row, form):
        return redirect("admin:agency", code)
    words = _(
        "Applicants read it at once on the guides, the forms and the progress of what goes to this agency, and "
        "everybody on every page while it lasts. Documents are received all the same."
    )
    context = {
        "title": _("Plan an outage"),
        "agency": row,
        "form": form,
        "words": words,
        "button": _("Announce"),
    }
    return _form_page(request, context)


def _announce(request: HttpRequest, row: Agency, form: OutageForm) -> bool:
    try:
        outages.announce(row, form.plan(), by=the_principal(request).actor)
    except Refused as refused:
        for problem in refused.problems:
            form.add_error(problem.path.strip("/"), problem.text)
        return False
    messages.success(request, _("The outage is announced to applicants."))
    return True


def _cancel(request: HttpRequest, row: Agency) -> HttpResponse:
    form, number = ReasonForm(request.POST), request.POST["cancel"]
    if not form.is_valid():
        messages.error(request, _("Say why the outage is cancelled."))
    elif (
        number.isascii()
        and number.isdigit()
        and outages.cancel(
            int(number), row, by=the_principal(request).actor, because=form.cleaned_data["reason"]
        )
    ):
        messages.success(request, _("The outage is cancelled."))
    else:
        messages.info(request, _("This outage is over or was cancelled already; nothing was changed."))
    return redirect("admin:agency", row.code)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def agency_contact(request: HttpRequest, code: str) -> HttpResponse:
    """Where applicants ask the agency; stands on the guides at once."""
    principal = the_principal(request)
    row = agencies_of(principal).filter(code=code).first()
    if row is None:
        raise Http404
    known = AgencyContact.objects.filter(agency=row).first()
    form = ContactForm(request.POST if request.method == "POST" else None, instance=known)
    if form.is_bound and form.is_valid():
        contacts.set_contact(row, form.cleaned_data, by=principal.actor)
        messages.success(request, _("The contact stands on the guides now."))
        return redirect("admin:agency", code)
    words = _("Applicants read it on the guides of what goes to this agency, and on the help page.")
    context = {"title": _("Contact"), "agency": row, "form": form, "words": words, "button": _("Save")}
    return _form_page(request, context)


def _form_page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    status = 400 if context["form"].is_bound else 200
    return admin_registry.page(request, "admin/desk/agency_form.html", context, status=status)

"""What did not get through: failed dispatches with “send again”, parked messages with “replay”."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Agency
from submissions import admin_registry, admin_words, inbox, services
from submissions.admin_cases import sendings, the_principal
from submissions.admin_forms import FailureFilterForm, ReasonForm
from submissions.admin_selection import MOST, back, uuids
from submissions.lifecycle import WrongState
from submissions.models import Dispatch, DispatchState, InboxMessage, InboxState
from submissions.selectors import failing_dispatches

if TYPE_CHECKING:
    from accounts.principals import Principal

PAGE = 50
TO_PRESS = (DispatchState.STOPPED, DispatchState.REFUSED)


def agencies_of(principal: Principal) -> QuerySet[Agency]:
    """An official's own agency; all of them for who runs the platform."""
    rows = Agency.objects.order_by("code")
    return rows.filter(pk=principal.agency.pk) if principal.agency else rows


def _own(principal: Principal) -> QuerySet[Dispatch]:
    rows = Dispatch.objects.all()
    return rows.filter(referral__agency=principal.agency) if principal.agency else rows


def failing(principal: Principal) -> QuerySet[Dispatch]:
    """What an operator should look at, of the reader's agencies."""
    return failing_dispatches([principal.agency.pk] if principal.agency else None)


def failing_count(principal: Principal) -> int:
    """The number in the menu: those that wait for a person."""
    return failing(principal).filter(state__in=TO_PRESS).count()


def _filtered(rows: QuerySet[Dispatch], form: FailureFilterForm) -> QuerySet[Dispatch]:
    form.is_valid()
    if agency := form.cleaned_data.get("agency"):
        rows = rows.filter(referral__agency=agency)
    failure = form.cleaned_data.get("failure", "")
    if failure == "refused":
        return rows.filter(state=DispatchState.REFUSED)
    return rows.filter(failure=failure) if failure else rows


@never_cache
@require_safe
def dispatches(request: HttpRequest) -> HttpResponse:
    """Stopped, refused, or tried in vain so far."""
    principal = the_principal(request)
    form = FailureFilterForm(request.GET, agencies=agencies_of(principal))
    rows = _filtered(failing(principal), form)
    counts = rows.aggregate(all=Count("pk"), pressable=Count("pk", filter=Q(state__in=TO_PRESS)))
    sheet = Paginator(rows.order_by("state", "-created_at", "pk"), PAGE).get_page(request.GET.get("page"))
    context = {
        "title": _("Dispatches that failed"),
        "form": form,
        "counts": counts,
        "most": MOST,
        "sheet": sheet,
        "rows": [(row, admin_words.failure(row.failure), row.state in TO_PRESS) for row in sheet.object_list],
        "one_agency": principal.agency is not None,
    }
    return admin_registry.page(request, "admin/desk/dispatches.html", context)


@never_cache
@require_safe
def dispatch(request: HttpRequest, dispatch_id: UUID) -> HttpResponse:
    """One dispatch: every attempt, what was sent and what came back."""
    principal = the_principal(request)
    rows = _own(principal).filter(pk=dispatch_id)
    found = sendings(rows.select_related("referral__agency", "referral__submission__company"))
    if not found:
        raise Http404
    return admin_registry.page(
        request, "admin/desk/dispatch.html", {"title": _("Dispatch"), "sending": found[0]}
    )


@require_POST
def send_again(request: HttpRequest) -> HttpResponse:
    """Queue one, a selection or all of the filter again; what was already sent asks for a reason first."""
    principal = the_principal(request)
    ids = _chosen(request, principal)
    own = dict(_own(principal).filter(pk__in=ids).values_list("pk", "state"))
    if not own:
        messages.warning(request, _("Nothing was selected."))
        return back(request, "dispatches")
    reason = request.POST.get("reason", "").strip()[:1000]
    if DispatchState.SENT in own.values() and not reason:
        return _ask_reason(request, list(own))
    done = services.send_again(own, by=principal.actor, why=reason)
    _tell(request, len(done.queued), len(done.left))
    return back(request, "dispatches")


def _chosen(request: HttpRequest, principal: Principal) -> list[UUID]:
    if "everything" not in request.POST:
        one = request.POST.get("one", "")
        return uuids([one] if one else request.POST.getlist("dispatch"))
    form = FailureFilterForm(request.POST, agencies=agencies_of(principal))
    rows = _filtered(failing(principal), form).filter(state__in=TO_PRESS)
    return list(rows.order_by("created_at", "pk").values_list("pk", flat=True)[:MOST])


def _ask_reason(request: HttpRequest, ids: Sequence[UUID]) -> HttpResponse:
    form = ReasonForm(request.POST if "reason" in request.POST else None)
    context = {
        "title": _("Send again what was sent"),
        "form": form,
        "ids": ids,
        "next": request.POST.get("next", ""),
    }
    return admin_registry.page(request, "admin/desk/send_again.html", context)


def _tell(request: HttpRequest, queued: int, left: int) -> None:
    if queued:
        text = ngettext("{count} dispatch is queued again.", "{count} dispatches are queued again.", queued)
        messages.success(request, text.format(count=queued))
    if left:
        text = ngettext(
            "{count} was left alone: it is under way already, or somebody was faster.",
            "{count} were left alone: they are under way already, or somebody was faster.",
            left,
        )
        messages.warning(request, text.format(count=left))


# --- messages from agencies -------------------------------------------------------------------------------


def _messages(principal: Principal) -> QuerySet[InboxMessage]:
    rows = InboxMessage.objects.defer("sealed_body").select_related("agency")
    return rows.filter(agency=principal.agency) if principal.agency else rows


def parked_count(principal: Principal) -> int:
    """The number in the menu."""
    return _messages(principal).filter(state=InboxState.PARKED).count()


@never_cache
@require_safe
def parked(request: HttpRequest) -> HttpResponse:
    """Messages nobody could read: parked with their reason, or still being tried."""
    principal = the_principal(request)
    trouble = Q(state=InboxState.PARKED) | Q(state=InboxState.RECEIVED, attempts_made__gt=0) & ~Q(reason="")
    rows = _messages(principal).filter(trouble).order_by("state", "-received_at", "pk")
    sheet = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {"title": _("Messages that could not be read"), "sheet": sheet}
    return admin_registry.page(request, "admin/desk/inbox.html", context)


@require_POST
def replay(request: HttpRequest) -> HttpResponse:
    """Let the desk read parked messages again, one or many."""
    principal = the_principal(request)
    one = request.POST.get("one", "")
    ids = uuids([one] if one else request.POST.getlist("message"))
    own = list(_messages(principal).filter(pk__in=ids).values_list("pk", flat=True))
    if not own:
        messages.warning(request, _("Nothing was selected."))
        return back(request, "inbox")
    done = sum(_replay(key, principal, request.POST.get("reason", "")[:1000]) for key in own)
    if done:
        text = ngettext("{count} message is read again.", "{count} messages are read again.", done)
        messages.success(request, text.format(count=done))
    if done < len(own):
        messages.warning(request, _("Some were not parked any more and were left alone."))
    return back(request, "inbox")


def _replay(key: UUID, principal: Principal, why: str) -> bool:
    try:
        inbox.replay(key, by=principal.actor, why=why)
    except WrongState:
        return False
    return True

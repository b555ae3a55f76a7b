"""The pages of the queue."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import Permission
from submissions import admin_queue, admin_registry, admin_words, services
from submissions.admin_cases import the_principal
from submissions.admin_forms import HELD, QueueForm, ReassignForm
from submissions.admin_selection import back, uuids
from submissions.lifecycle import WrongState
from submissions.models import Referral

if TYPE_CHECKING:
    from accounts.models import User
    from accounts.principals import Principal

SHOWN = 5  # numbers spelled out in one message


@never_cache
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """The agency's cases: filters, counts, and buttons for one and for many."""
    principal = the_principal(request)
    form = QueueForm(request.GET)
    question = form.question()
    rows = admin_queue.asked(admin_queue.cases_of(principal), question, principal)
    counts = admin_queue.counts(rows, principal.user)
    context = {
        "title": _("Queue"),
        "form": form,
        "question": question,
        "tabs": [(code, label, getattr(counts, code)) for code, label in HELD],
        "sheet": admin_queue.page(rows, question, principal, request.GET.get("page")),
        "may_work": principal.may(Permission.QUEUE_WORK),
        "may_reassign": principal.may(Permission.QUEUE_SUPERVISE),
        "agency": principal.agency,
    }
    return admin_registry.page(request, "admin/desk/queue.html", context)


@require_POST
def queue_take(request: HttpRequest) -> HttpResponse:
    """Take the selected cases, or the one whose own button was pressed."""
    principal, user = _worker(request)
    done = _each(request, principal, user, take=True)
    if done:
        messages.success(request, _taken(done))
    return back(request, "queue")


@require_POST
def queue_put_back(request: HttpRequest) -> HttpResponse:
    """Put the selected cases back, or the one whose own button was pressed."""
    principal, user = _worker(request)
    done = _each(request, principal, user, take=False)
    if done:
        messages.success(
            request,
            ngettext("{count} case put back.", "{count} cases put back.", done).format(count=done),
        )
    return back(request, "queue")


@require_POST
def queue_reassign(request: HttpRequest) -> HttpResponse:
    """Give the selected cases to a colleague: first the page that asks to whom and why, then the act.

    From the queue the form comes without its fields; a page that was filled in says so by `sure`.
    """
    principal, _user = _worker(request)
    if principal.agency is None:
        raise Http404
    names = admin_queue.names_of(uuids(request.POST.getlist("case")), principal)
    if not names:
        messages.warning(request, _("No case was selected."))
        return back(request, "queue")
    sure = "sure" in request.POST
    form = ReassignForm(request.POST if sure else None, agency=principal.agency)
    if sure and form.is_valid():
        _reassign(request, principal, names, form.cleaned_data)
        return back(request, "queue")
    context = {"title": _("Reassign"), "form": form, "cases": names, "next": request.POST.get("next", "")}
    return admin_registry.page(request, "admin/desk/reassign.html", context, status=400 if sure else 200)


def _reassign(
    request: HttpRequest, principal: Principal, names: dict[UUID, str], given: dict[str, Any]
) -> None:
    to, why = given["to"], given["reason"]

    def give(key: UUID) -> None:
        services.reassign(key, to, by=principal.actor, why=why)

    if done := _one_by_one(request, names, give):
        text = ngettext("{count} case given to {name}.", "{count} cases given to {name}.", done)
        messages.success(request, text.format(count=done, name=to))


def _taken(done: int) -> str:
    return ngettext("{count} case taken.", "{count} cases taken.", done).format(count=done)


def _worker(request: HttpRequest) -> tuple[Principal, User]:
    principal = the_principal(request)
    if principal.user is None:
        raise Http404
    return principal, principal.user


def _each(request: HttpRequest, principal: Principal, user: User, *, take: bool) -> int:
    """One transaction a case: that one was lost to a colleague stops none of the others."""
    one = request.POST.get("one", "")
    names = admin_queue.names_of(uuids([one] if one else request.POST.getlist("case")), principal)
    if not names:
        messages.warning(request, _("No case was selected."))
        return 0
    if take:
        return _one_by_one(request, names, lambda key: services.take(key, user, by=principal.actor))
    return _one_by_one(request, names, lambda key: services.put_back(key, user, by=principal.actor))


def _one_by_one(request: HttpRequest, names: dict[UUID, str], act: Callable[[UUID], None]) -> int:
    lost: list[tuple[UUID, WrongState]] = []
    for key in names:
        try:
            act(key)
        except WrongState as error:
            lost.append((key, error))
    _tell_lost(request, names, lost)
    return len(names) - len(lost)


def _tell_lost(request: HttpRequest, names: dict[UUID, str], lost: list[tuple[UUID, WrongState]]) -> None:
    rows = Referral.objects.select_related("taken_by").in_bulk([key for key, _error in lost[:SHOWN]])
    for key, error in lost[:SHOWN]:
        messages.error(request, f"{names[key]}: {admin_words.explain(error, rows.get(key))}")
    if len(lost) > SHOWN:
        more = len(lost) - SHOWN
        text = ngettext("{count} more case could not be.", "{count} more cases could not be.", more)
        messages.error(request, text.format(count=more))

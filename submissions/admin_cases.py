"""The case page: state, history directly under it, what was sent and what came back, and the verbs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.permissions import Permission
from accounts.principals import Principal, principal_of
from submissions import admin_registry, admin_words, registry
from submissions.admin_queue import cases_of, holder_of, late, waits_for
from submissions.admin_verbs import Verb, offered
from submissions.models import (
    Attempt,
    Dispatch,
    DispatchState,
    Payload,
    Referral,
    ReferralState,
    SubmissionState,
    Transition,
)
from submissions.sentences import actor_of

if TYPE_CHECKING:
    from django.utils.functional import Promise

AGAIN = (DispatchState.STOPPED, DispatchState.REFUSED, DispatchState.SENT)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the history, as far as this agency may read it."""

    row: Transition
    step: str
    words: str
    why: str
    actor: str


@dataclass(frozen=True, slots=True)
class Try:
    """One attempt in words."""

    row: Attempt
    outcome: str


@dataclass(frozen=True, slots=True)
class Sending:
    """One dispatch with its attempts."""

    row: Dispatch
    failure: str
    tries: list[Try]
    may_again: bool


@dataclass(frozen=True, slots=True)
class CasePage:
    """Everything on the page."""

    referral: Referral
    service: str | Promise
    waits_for: str
    is_late: bool
    holder: Any
    is_mine: bool
    history: list[Entry]
    sendings: list[Sending]
    payload: Payload | None
    sections: Sequence[admin_registry.CaseSection]
    verbs: list[Verb]

    @property
    def stopped_since(self) -> datetime | None:
        """Since when the clock stands still; None while it runs. From the history, newest first."""
        if self.referral.state != ReferralState.INFORMATION_REQUESTED:
            return None
        asked = (entry.row.at for entry in self.history if entry.row.verb == "referral.ask_information")
        return next(asked, None)

    @property
    def whole_state(self) -> str:
        """The state of the whole where it says more than the share: agencies may decide list by list."""
        state = self.referral.submission.state
        return "" if state == SubmissionState.IN_PROGRESS else state


def the_principal(request: HttpRequest) -> Principal:
    """Who acts; the door has let in nobody else."""
    principal = principal_of(request)
    if principal is None:
        raise Http404
    return principal


def the_case(request: HttpRequest, case_id: UUID) -> Referral:
    """A case of the reader's own agency; any other number is like one that does not exist."""
    rows = cases_of(the_principal(request)).select_related("submission__company", "agency", "taken_by")
    row = rows.filter(pk=case_id).first()
    if row is None:
        raise Http404
    return row


@never_cache
@require_safe
def case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The page of a case."""
    referral = the_case(request, case_id)
    return admin_registry.page(
        request,
        "admin/desk/case.html",
        {"title": str(referral.submission), "case": case_page(request, referral)},
    )


def case_page(request: HttpRequest, referral: Referral) -> CasePage:
    """Read everything; the number of queries does not grow with history or attempts."""
    principal = the_principal(request)
    desk = admin_registry.case_desk(referral.submission.kind)
    holder = holder_of(referral)
    return CasePage(
        referral=referral,
        service=_service(referral.submission.kind),
        waits_for=waits_for(referral),
        is_late=_is_late(referral),
        holder=holder,
        is_mine=holder is not None and holder == principal.user,
        history=history(referral),
        sendings=sendings(
            Dispatch.objects.filter(referral=referral).order_by("created_at", "pk"),
            may=principal.may(Permission.DISPATCH_SEND_AGAIN),
        ),
        payload=Payload.objects.filter(submission=referral.submission_id).defer("sealed").first(),
        sections=desk.sections(request, referral) if desk.sections else (),
        verbs=offered(referral, principal),
    )


def _service(kind: str) -> str | Promise:
    try:
        return registry.kind(kind).name
    except registry.NotRegistered:
        return kind


def _is_late(referral: Referral) -> bool:
    if not waits_for(referral):
        return False
    return Referral.objects.filter(late(timezone.now()), pk=referral.pk).exists()


def history(referral: Referral) -> list[Entry]:
    """What happened to the submission and to this agency's share, the newest first.

    Another agency's steps and words are not this agency's business: neither its rows nor what the joint state
    repeats of them.
    """
    alone = not Referral.objects.filter(submission=referral.submission_id).exclude(pk=referral.pk).exists()
    rows = Transition.objects.filter(
        Q(referral=None) | Q(referral=referral), submission=referral.submission_id
    ).order_by("-at", "-id")
    names = {referral.agency.code: referral.agency.display_name}
    entries = []
    for row in rows:
        own = alone or row.referral_id is not None
        entry = Entry(row, admin_words.step(row.verb), row.words, row.why, actor_of(row, names))
        entries.append(entry if own else replace(entry, words="", why=""))
    return entries


def sendings(rows: QuerySet[Dispatch], *, may: bool = True) -> list[Sending]:
    """Dispatches with their attempts, the newest attempt first; two queries."""
    attempts = Prefetch("attempts", Attempt.objects.order_by("-number", "-started_at"))
    found = rows.defer("sealed_body").prefetch_related(attempts)
    return [
        Sending(
            row=row,
            failure=admin_words.failure(row.failure),
            tries=[Try(one, admin_words.outcome(one.outcome)) for one in row.attempts.all()],
            may_again=may and row.state in AGAIN,
        )
        for row in found
    ]

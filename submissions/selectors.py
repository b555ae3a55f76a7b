"""Reads that several pages and the API share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from accounts.models import Agency, Mandate
from submissions import registry
from submissions.models import (
    Dispatch,
    DispatchState,
    FailureKind,
    Referral,
    ReferralState,
    Submission,
    SubmissionState,
    Transition,
)

if TYPE_CHECKING:
    from accounts.principals import Principal

S = SubmissionState
NEEDS_ACTION = (S.DRAFT, S.ACTION_NEEDED)
DONE = (S.ACCEPTED, S.PARTLY_ACCEPTED, S.REFUSED, S.WITHDRAWN)


def visible_to(principal: Principal | None) -> QuerySet[Submission]:
    """The submissions this person or client may know of; a queryset that pages filter further.

    A company: its own (drafts too), those that name it as a party, and those of companies whose mandate it
    holds today for that service. An agency: those referred to it. Nobody else: none.
    """
    rows = Submission.objects.all()
    if principal is None:
        return rows.none()
    if principal.agency is not None:
        referred = Referral.objects.filter(agency=principal.agency).values("submission_id")
        return rows.filter(pk__in=referred).exclude(state=S.DRAFT)
    if principal.company is None:
        return rows.none()
    return rows.filter(_readable_by(principal.company.pk))


def _readable_by(company_id: int) -> Q:
    submitted = Q(submitted_at__isnull=False)
    allowed = Q(company_id=company_id) | (submitted & Q(parties__contains=[company_id]))
    given: defaultdict[str, set[int]] = defaultdict(set)
    mandates = Mandate.objects.in_force().filter(agent_id=company_id)
    for service, principal_id in mandates.values_list("service", "principal_id"):
        given[service].add(principal_id)
    for service, principals in given.items():
        codes = [k.code for k in registry.kinds() if service in {k.mandate_service, k.code}]
        named = Q(company_id__in=principals) | (submitted & Q(parties__overlap=sorted(principals)))
        allowed |= Q(kind__in=codes) & named
    return allowed


@dataclass(frozen=True, slots=True)
class WorkbenchCounts:
    """What the three tabs of the workbench show."""

    action: int
    progress: int
    done: int


def workbench_counts(principal: Principal) -> WorkbenchCounts:
    """The numbers on the tabs, in one query over what the principal may see."""
    own = Q(company=principal.company) if principal.company else Q()
    counted = visible_to(principal).aggregate(
        action=Count("pk", filter=Q(state__in=NEEDS_ACTION) & own, distinct=True),
        progress=Count("pk", filter=Q(state=S.IN_PROGRESS), distinct=True),
        done=Count("pk", filter=Q(state__in=DONE), distinct=True),
    )
    return WorkbenchCounts(**counted)


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has one share of a submission in hand: the applicant, the agency, or we on the way to it."""

    who: str  # "applicant", "agency" or "portal"
    agency: Agency
    state: str
    since: datetime
    number: str
    due_at: datetime | None
    failure: str  # a FailureKind; why it is still with us
    next_try: datetime | None


def who_holds_it(submission: Submission) -> list[Holder]:
    """For every referral not yet decided who must act now; two queries."""
    undecided = (ReferralState.WAITING, ReferralState.SENT, ReferralState.INFORMATION_REQUESTED)
    referrals = submission.referrals.filter(state__in=undecided).select_related("agency")
    rows = Dispatch.objects.filter(referral__submission=submission, what="payload")
    dispatches = {row.referral_id: row for row in rows.defer("sealed_body")}
    return [_holder(row, dispatches.get(row.pk)) for row in referrals.order_by("created_at", "pk")]


def _holder(row: Referral, dispatch: Dispatch | None) -> Holder:
    who = {ReferralState.WAITING: "portal", ReferralState.SENT: "agency"}.get(
        ReferralState(row.state), "applicant"
    )
    waiting = dispatch if row.state == ReferralState.WAITING else None
    failure = waiting.failure if waiting else ""
    if waiting is not None and waiting.state == DispatchState.QUEUED and not row.agency.is_open:
        failure = FailureKind.CLOSED
    return Holder(
        who=who,
        agency=row.agency,
        state=row.state,
        since=row.created_at,
        number=row.agency_number,
        due_at=row.due_at,
        failure=failure,
        next_try=waiting.due_at if waiting and waiting.state == DispatchState.QUEUED else None,
    )


def timeline(submission: Submission) -> QuerySet[Transition]:
    """What happened, oldest first, with the agency of each row at hand; one query."""
    return submission.transitions.select_related("referral__agency").order_by("at", "id")


def queue_of(agency: Agency) -> QuerySet[Referral]:
    """An agency's work: undecided referrals that have reached it, the oldest first."""
    open_states = (ReferralState.SENT, ReferralState.INFORMATION_REQUESTED)
    rows = Referral.objects.filter(agency=agency, state__in=open_states)
    return rows.select_related("submission__company", "taken_by").order_by("submission__submitted_at", "pk")


def failing_dispatches(agency_ids: Iterable[int] | None = None) -> QuerySet[Dispatch]:
    """What an operator should look at: stopped, refused at the door, or tried without success so far."""
    rows = Dispatch.objects.filter(
        Q(state__in=(DispatchState.STOPPED, DispatchState.REFUSED))
        | (Q(state=DispatchState.QUEUED) & ~Q(failure=""))
    )
    if agency_ids is not None:
        rows = rows.filter(referral__agency_id__in=list(agency_ids))
    return rows.defer("sealed_body").select_related("referral__agency", "referral__submission__company")


def overdue(submission_ids: Iterable[UUID]) -> set[UUID]:
    """Those of these submissions of which an agency's promised time is over."""
    late = Referral.objects.filter(
        submission_id__in=list(submission_ids), due_at__lt=timezone.now(), decided_at__isnull=True
    )
    return set(late.values_list("submission_id", flat=True))

"""Reads that several pages and the API share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from submissions import registry
from submissions.models import (
    Dispatch,
    DispatchState,
    Referral,
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
    return rows.filter(_readable_by(principal.company.pk, principal.mandates()))


def _readable_by(company_id: int, mandates: Mapping[str, Set[int]]) -> Q:
    submitted = Q(submitted_at__isnull=False)
    allowed = Q(company_id=company_id) | (submitted & Q(parties__contains=[company_id]))
    for service, principals in mandates.items():
        codes = [k.code for k in registry.kinds() if service in {k.mandate_service, k.code}]
        named = Q(company_id__in=principals) | (submitted & Q(parties__overlap=sorted(principals)))
        allowed |= Q(kind__in=codes) & named
    return allowed


def timeline(submission: Submission) -> QuerySet[Transition]:
    """What happened, oldest first, with the agency of each row at hand; one query."""
    return submission.transitions.select_related("referral__agency").order_by("at", "id")


def failing_dispatches(agency_ids: Iterable[int] | None = None) -> QuerySet[Dispatch]:
    """What an operator should look at: stopped, refused at the door, or tried without success so far."""
    rows = Dispatch.objects.filter(
        Q(state__in=(DispatchState.STOPPED, DispatchState.REFUSED))
        | (Q(state=DispatchState.QUEUED) & ~Q(failure=""))
    )
    if agency_ids is not None:
        rows = rows.filter(referral__agency_id__in=list(agency_ids))
    return rows.defer("sealed_body").select_related("referral__agency", "referral__submission__company")

"""By when an agency promised to answer: working days of its part in the definition, stopped while it asks."""

from __future__ import annotations

from django.utils import timezone

from reference.calendar import add_working_days, working_days_between
from submissions.definitions.definition import definition_of
from submissions.models import InformationRequest, Referral
from submissions.registry import Happened


def _days(referral: Referral) -> int | None:
    """The promised days of this agency for this kind; None for kinds without a definition."""
    definition = definition_of(referral.submission.kind)
    part = definition.part(referral.agency.code) if definition else None
    return part.promised_days if part else None


def sent(happened: Happened) -> None:
    """The clock starts when the agency has it."""
    for referral in Referral.objects.filter(pk__in=happened.ids).select_related("submission", "agency"):
        days = _days(referral)
        if days is not None:
            due = add_working_days(timezone.now(), days)
            Referral.objects.filter(pk=referral.pk).update(due_at=due)


def asked(happened: Happened) -> None:
    """The clock stops while the applicant answers; what was left is kept with the question."""
    for referral in Referral.objects.filter(pk__in=happened.ids).select_related("submission", "agency"):
        days = _days(referral)
        if days is None:
            continue
        now = timezone.now()
        left = working_days_between(now, referral.due_at) if referral.due_at else days
        latest = InformationRequest.objects.filter(referral=referral).order_by("-number").first()
        if latest is not None:
            InformationRequest.objects.filter(pk=latest.pk).update(days_left=left)
        Referral.objects.filter(pk=referral.pk).update(due_at=None)


def answered(happened: Happened) -> None:
    """The clock runs on from the answer."""
    for referral in Referral.objects.filter(pk__in=happened.ids):
        latest = InformationRequest.objects.filter(referral=referral).order_by("-number").first()
        if latest is not None and latest.days_left is not None:
            due = add_working_days(timezone.now(), latest.days_left)
            Referral.objects.filter(pk=referral.pk).update(due_at=due)

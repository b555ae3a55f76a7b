"""By when an agency promised to answer this kind of case: the working days of its part in the definition.

`submissions.clock` keeps a date that is set, and lets it stand still while the agency asks.
"""

from __future__ import annotations

from django.utils import timezone

from submissions.clock import promised_by
from submissions.definitions.definition import definition_of, definitions
from submissions.models import Referral
from submissions.registry import Happened
from trail import prepared


def _days(referral: Referral) -> int | None:
    """The promised days of this agency for this kind; None for kinds without a definition."""
    definition = definition_of(referral.submission.kind)
    part = definition.of(referral.submission.company).part(referral.agency.code) if definition else None
    return part.promised_days if part else None


_FORMS = """
SELECT r.id FROM submissions_referral r JOIN submissions_submission s ON s.id = r.submission_id
WHERE r.id = ANY(%s::uuid[]) AND s.kind = ANY(%s)
"""


def sent(happened: Happened) -> None:
    """The clock starts when the agency has it."""
    kinds = [definition.code for definition in definitions()]
    forms = [row[0] for row in prepared.rows(_FORMS, [list(happened.ids), kinds])]
    rows = Referral.objects.filter(pk__in=forms).select_related("submission__company", "agency")
    for referral in rows if forms else ():
        days = _days(referral)
        if days is not None:
            due = promised_by(timezone.now(), days)
            Referral.objects.filter(pk=referral.pk).update(due_at=due)

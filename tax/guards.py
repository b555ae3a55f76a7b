"""An exemption is declared and compared (rules R13.07): nobody grants it, nobody accepts it past the comparison.

Hooks of the referral's steps; they run in its transaction, whoever takes the step: an official, the agency's
system, a task. What they raise undoes the step.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from submissions.lifecycle import NotThisWay
from submissions.registry import Happened
from tax.models import IN_FORCE, ExemptionDeclaration

NOT_GRANTED = _(
    "An exemption is not granted: the company declares it, and the comparison with customs' data decides. "
    "Equal, it is accepted by itself; with differences, two officials settle them on this page."
)
NO_QUESTIONS = _(
    "The tax authority does not ask back here: it answers with the comparison, and the company corrects the month."
)


def no_acceptance_before_the_comparison(happened: Happened) -> None:
    """`NotThisWay` for a share whose declaration is not in force."""
    rows = ExemptionDeclaration.objects.filter(submission__in=happened.submission_ids)
    for row in rows.exclude(state__in=IN_FORCE):
        raise NotThisWay("exemption", "accept", row.state, NOT_GRANTED)


def no_questions(happened: Happened) -> None:
    """`NotThisWay` for any exemption: there is no form whose fields could be mended."""
    for row in ExemptionDeclaration.objects.filter(submission__in=happened.submission_ids):
        raise NotThisWay("exemption", "ask_information", row.state, NO_QUESTIONS)

"""What the bank's answers do to a declaration; called by hooks in the transaction of the referral's step."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from uuid import UUID

from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from forex.lifecycle import BOP, advance
from forex.models import BopDeclaration, BopState
from submissions.joint import by_referrals
from submissions.models import Referral, SubmissionState
from submissions.notices import notify
from submissions.registry import Happened

SAFE_NUMBER = re.compile(r"SAFE-[0-9A-Z-]{4,36}")
JOINT = {
    BopState.ACCEPTED: SubmissionState.ACCEPTED,
    # Returned is not refused: it is corrected and declared again as a new version.
    BopState.RETURNED: SubmissionState.ACTION_NEEDED,
    BopState.REPLACED: SubmissionState.REFUSED,
}


def accepted(happened: Happened) -> None:
    """Hook of `referral.accept`: the bank has forwarded it to SAFE."""
    for row, referral in _declarations(happened):
        safe = safe_number(referral.agency_number, happened.words)
        changes = {"safe_no": safe, "forwarded_on": timezone.localdate()}
        advance(BOP, row.pk, "accept", by=happened.by, changes=changes)
        params = {"number": row.payment.declaration_no, "safe": safe or "–"}
        notify(row.payment.company_id, "forex.bop_accepted", params, row.submission, url=_address(row))


def safe_number(agency_number: str, words: str) -> str:
    """SAFE's number as the bank names it, in its number or in its words; "" when it names none."""
    found = SAFE_NUMBER.search(agency_number or "") or SAFE_NUMBER.search(words or "")
    return found.group() if found else ""


def refused(happened: Happened) -> None:
    """Hook of `referral.refuse`: the bank returns it with its words."""
    for row, _referral in _declarations(happened):
        advance(BOP, row.pk, "return", by=happened.by, detail={"words": happened.words[:300]})
        params = {"number": row.payment.declaration_no, "words": happened.words[:300]}
        notify(row.payment.company_id, "forex.bop_returned", params, row.submission, url=_address(row))


def _declarations(happened: Happened) -> list[tuple[BopDeclaration, Referral]]:
    if not happened.submission_ids:
        return []
    found = BopDeclaration.objects.filter(pk__in=happened.submission_ids, state=BopState.SUBMITTED)
    # Most steps are other desks': they cost one question.
    if not (rows := list(found.select_related("payment", "submission"))):
        return []
    referrals = {one.submission_id: one for one in Referral.objects.filter(pk__in=happened.ids)}
    return [(row, referrals[row.pk]) for row in rows if row.pk in referrals]


def _address(row: BopDeclaration) -> str:
    try:
        return reverse("forex_payment", args=[row.payment_id])
    except NoReverseMatch:
        return ""


def joint_states(ids: Sequence[UUID]) -> Mapping[UUID, str]:
    """The joint state of declarations (`registry.Kind.joint_state`)."""
    states = dict(BopDeclaration.objects.filter(pk__in=list(ids)).values_list("pk", "state"))
    plain = by_referrals(ids)
    return {
        key: str(JOINT.get(BopState(states[key]), plain[key]) if key in states else plain[key]) for key in ids
    }

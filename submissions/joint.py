"""The joint state of a submission, computed in one place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from submissions import notices
from submissions.lifecycle import JOINT_VERBS, SUBMISSION, advance
from submissions.models import Referral, ReferralState, SubmissionState
from submissions.registry import JointRule, NotRegistered, kind
from trail import prepared
from trail.actors import SYSTEM, Actor

R, S = ReferralState, SubmissionState
FINAL = frozenset({S.ACCEPTED, S.PARTLY_ACCEPTED, S.REFUSED})


def joint_state(referrals: Iterable[str]) -> SubmissionState:
    """The state of the whole from the states of its referrals, in any order.

    What the applicant can do now comes first; then what is still pending; once all are decided, one word for
    all or "partly". Withdrawn referrals do not count unless nothing else is left.
    """
    states = set(referrals)
    counted = states - {R.WITHDRAWN}
    if R.INFORMATION_REQUESTED in counted:
        return S.ACTION_NEEDED
    if counted & {R.WAITING, R.SENT} or not states:
        return S.IN_PROGRESS
    if not counted:
        return S.WITHDRAWN
    if counted == {R.ACCEPTED}:
        return S.ACCEPTED
    return S.REFUSED if counted == {R.REFUSED} else S.PARTLY_ACCEPTED


def by_referrals(submission_ids: Sequence[UUID]) -> Mapping[UUID, str]:
    """The default rule of a kind."""
    states: defaultdict[UUID, list[str]] = defaultdict(list)
    rows = Referral.objects.filter(submission_id__in=submission_ids)
    for submission, state in rows.values_list("submission_id", "state"):
        states[submission].append(state)
    return {key: joint_state(states[key]) for key in submission_ids}


class Locked(NamedTuple):
    """A submission whose joint state is being brought up to date."""

    pk: UUID
    kind: str
    state: str
    reference: str | None
    company_id: int


_LOCK = """
SELECT id, kind, state, reference, company_id FROM submissions_submission
WHERE id = ANY(%s::uuid[]) AND submitted_at IS NOT NULL AND state <> 'withdrawn' ORDER BY id FOR NO KEY UPDATE
"""


def recompute(submission_ids: Iterable[UUID], by: Actor = SYSTEM, *, why: str = "", words: str = "") -> int:
    """Bring the joint state of these submissions up to date; returns how many changed.

    The submissions are locked first, in the order of their ids: of two referrals decided at the same moment
    the second then sees the first. Call it once, at the end of a transaction.
    """
    with transaction.atomic():
        locked = [Locked(*row) for row in prepared.rows(_LOCK, [list(submission_ids)])]
        changed: defaultdict[str, list[Locked]] = defaultdict(list)
        for rule, group in _by_rule(locked):
            wanted = rule([row.pk for row in group])
            for row in group:
                target = str(wanted.get(row.pk, row.state))
                if target != row.state and target in JOINT_VERBS:
                    changed[target].append(row)
        for target, rows in changed.items():
            decided = timezone.now() if target in FINAL else None
            advance(
                SUBMISSION,
                [row.pk for row in rows],
                JOINT_VERBS[target],
                by=by,
                why=why,
                words=words,
                changes={"decided_at": decided},
            )
            notices.tell_state(rows, target)
    return sum(map(len, changed.values()))


def _by_rule(rows: Iterable[Locked]) -> list[tuple[JointRule, list[Locked]]]:
    groups: defaultdict[str, list[Locked]] = defaultdict(list)
    for row in rows:
        groups[row.kind].append(row)
    return [(_rule(code), group) for code, group in groups.items()]


def _rule(code: str) -> JointRule:
    try:
        return kind(code).joint_state or by_referrals
    except NotRegistered:
        return by_referrals

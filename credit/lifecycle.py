"""The life of a proposal to withdraw a fact; the only writer of its state.

proposed → approved | declined, each by another official than the one who proposed.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.utils import timezone

from accounts.models import User
from credit.models import Withdrawal, WithdrawalState

# verb → (from, to)
STEPS: Mapping[str, tuple[str, str]] = {
    "approve": (WithdrawalState.PROPOSED, WithdrawalState.APPROVED),
    "decline": (WithdrawalState.PROPOSED, WithdrawalState.DECLINED),
}


def advance(withdrawal_id: UUID, verb: str, *, decided_by: User) -> bool:
    """Take the step if the state still allows it and a second person takes it; whether it was taken."""
    source, target = STEPS[verb]
    rows = Withdrawal.objects.filter(pk=withdrawal_id, state=source).exclude(proposed_by=decided_by)
    return bool(rows.update(state=target, decided_by=decided_by, decided_at=timezone.now()))


def propose(withdrawal: Withdrawal) -> Withdrawal:
    """The first state."""
    withdrawal.state = WithdrawalState.PROPOSED
    withdrawal.save(force_insert=True)
    return withdrawal

"""The four meanings a state can have for its reader, each always word + icon + colour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a state means to the person who looks at it; the word itself is the state's own."""

    code: str
    icon: str


WAITING: Final = Meaning("waiting", icon="clock")
GOOD: Final = Meaning("good", icon="circle-check")
ATTENTION: Final = Meaning("attention", icon="alert-triangle")
REFUSED: Final = Meaning("refused", icon="circle-x")

_STATES: Final = {
    # submissions and referrals
    "draft": ATTENTION,
    "in_progress": WAITING,
    "action_needed": ATTENTION,
    "accepted": GOOD,
    "partly_accepted": ATTENTION,
    "refused": REFUSED,
    "withdrawn": REFUSED,
    "waiting": WAITING,
    "sent": WAITING,
    "information_requested": ATTENTION,
    # dispatches
    "held": WAITING,
    "queued": WAITING,
    "leased": WAITING,
    "stopped": ATTENTION,
    "cancelled": REFUSED,
    # documents
    "loaded": WAITING,
    "ready": WAITING,
    "faulted": ATTENTION,
    "declaring": WAITING,
    "stored": WAITING,
    "review": WAITING,
    "inspection": WAITING,
    "detained": ATTENTION,
    "concluded": WAITING,
    "released": GOOD,
    "closed": GOOD,
    "returned": ATTENTION,
    "eport_refused": ATTENTION,
    "sent_back": REFUSED,
    "superseded": REFUSED,
    # exemption declarations
    "declared": WAITING,
    "compared_equal": GOOD,
    "differences": ATTENTION,
    "settled": GOOD,
    "equal": GOOD,
    "differs": ATTENTION,
    "not_declared": WAITING,
    "reversal": WAITING,
    "prepared": WAITING,
    # inward payments, payout statements, their declarations
    "unmatched": ATTENTION,
    "partly_matched": ATTENTION,
    "matched": GOOD,
    "unpaid": WAITING,
    "partly_paid": WAITING,
    "paid": GOOD,
    "submitted": WAITING,
    "replaced": REFUSED,
    # problems, answers of agencies, papers
    "error": REFUSED,
    "warning": ATTENTION,
    "genuine": GOOD,
    "revoked": REFUSED,
    "good": GOOD,
    "attention": ATTENTION,
    # integrity records
    "public": ATTENTION,
    "not_public": WAITING,
    "disputed": ATTENTION,
    "repaired": GOOD,
    "proposed": WAITING,
    "approved": GOOD,
    "declined": REFUSED,
}


def meaning_of(state: str) -> Meaning:
    """The meaning of a state's code; a code nobody named here is only waiting."""
    return _STATES.get(state, WAITING)


def is_named(state: str) -> bool:
    """Whether a state has been given its meaning (tests hold every state to it)."""
    return state in _STATES

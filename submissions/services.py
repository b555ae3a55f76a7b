"""The verbs of a submission: the one address that pages, tasks, admin buttons and desks import.

Every function is atomic, takes `by=` and may join a transaction already open; none of the callers writes a
state.
"""

from submissions.casework import (
    accept,
    ask_information,
    give_information,
    put_back,
    reassign,
    refuse,
    return_expired,
    take,
)
from submissions.drafts import save_draft, start_draft, submit, withdraw
from submissions.intake import receive, submit_frozen, unseal_payload
from submissions.joint import recompute
from submissions.sending import add_dispatch, release_dispatch, release_dispatches, send_again, widen_parties
from submissions.switch import switch_agency

__all__ = [
    "accept",
    "add_dispatch",
    "ask_information",
    "give_information",
    "put_back",
    "reassign",
    "receive",
    "recompute",
    "refuse",
    "release_dispatch",
    "release_dispatches",
    "return_expired",
    "save_draft",
    "send_again",
    "start_draft",
    "submit",
    "submit_frozen",
    "switch_agency",
    "take",
    "unseal_payload",
    "widen_parties",
    "withdraw",
]

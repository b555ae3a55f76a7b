"""Dispatches, one try each: claim with a lease → commit → call the agency outside any transaction → settle.

A worker takes what is due together, as a set: one lease for all, a call for each, one settling for what was heard.
A worker may die between any two of these steps. Before the claim commits nothing happened; after it the lease
runs out and the next worker asks the agency for the key before it sends anything again. Only the holder of
the lease settles; what a late-comer heard is kept in its attempt row and changes nothing else.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby
from uuid import UUID

from django.db import transaction
from django.db.models import F

from reference.keys import uuid7
from submissions import claims, registry, settle
from submissions.claims import LEASE_SECONDS, Claim, body_of
from submissions.gateways import Answer, Gateway, Misconfigured, Unknown, Unreachable
from submissions.models import Dispatch, FailureKind

__all__ = ["AT_ONCE", "LEASE_SECONDS", "body_of", "outside_any_transaction", "run", "run_set"]

log = logging.getLogger(__name__)

AT_ONCE = 24  # dispatches of a set
# What was heard is settled after so long, and the lease of the rest renewed: a slow agency holds up nothing.
SETTLE_AFTER_SECONDS = 2.0
# After these the agency is asked nothing more in this set: the switch and the line are looked at first.
_TROUBLE = (Unreachable, Unknown, Misconfigured)


def run(dispatch_id: UUID) -> str:
    """Try one dispatch if it is due; returns the outcome, "" when there was nothing to do.

    Never inside a transaction (`RuntimeError`): an agency must not be waited for under a lock.
    """
    return next(iter(run_set([dispatch_id]).values()), "")


def run_set(ids: Sequence[UUID]) -> dict[UUID, str]:
    """Try those of the dispatches that are due, in the order given; the outcomes of those tried.

    One that cannot even be claimed (its body cannot be opened) does not hold up the others.
    """
    outcomes: dict[UUID, str] = {}
    for claimed in _claimed(ids):
        for _agency, group in groupby(sorted(claimed, key=lambda one: one.agency_id), _agency_of):
            outcomes |= _try_all(list(group))
    return outcomes


def _agency_of(claim: Claim) -> int:
    return claim.agency_id


def _claimed(ids: Sequence[UUID]) -> Iterable[list[Claim]]:
    """The set; when it cannot be claimed together, one by one."""
    try:
        together = _claim(*ids)
    except Exception:
        if len(ids) == 1:
            raise
        log.exception("a set of %s dispatches could not be claimed: one by one", len(ids))
    else:
        return [together] if together else []
    return _one_by_one(ids)


def _one_by_one(ids: Sequence[UUID]) -> Iterable[list[Claim]]:
    for key in ids:
        try:
            alone = _claim(key)
        except Exception:
            log.exception("dispatch %s could not be claimed", key)
        else:
            yield alone or []


def _claim(*ids: UUID) -> list[Claim] | None:
    """Lease those that are due and whose agency is open; None when there is nothing to do.

    One that keeps losing its workers is stopped instead.
    """
    with transaction.atomic(durable=True):
        found = claims.due(ids)
        taken = claims.lease(found) if found else []
        alive = [one for one in taken if not _hopeless(one)]
        if alive:
            _begin_attempt(alive)
    return alive or None


def _hopeless(claim: Claim) -> bool:
    """Stopped, because it goes round and its last worker was lost again."""
    if not claim.lost or not settle.goes_round(claim.id):
        return False
    settle.stop(claim, FailureKind.LOST_LEASE)
    return True


def _begin_attempt(taken: Sequence[Claim]) -> None:
    claims.begin_attempts(taken)


def _try_all(rest: list[Claim]) -> dict[UUID, str]:
    """Call the agency for each and settle; what is not tried any more goes back to the queue."""
    outcomes: dict[UUID, str] = {}
    try:
        while rest:
            heard, rest = _call_some(rest, outcomes)
            outcomes |= _settled(heard)
            if heard and isinstance(heard[-1][1], _TROUBLE):
                break
            rest = claims.extend(rest)
    except Exception:
        settle.give_back(rest)
        raise
    settle.give_back(rest)
    return outcomes


def _call_some(rest: list[Claim], outcomes: dict[UUID, str]) -> tuple[list[settle.Heard], list[Claim]]:
    """What was heard until the settling is due or something went wrong, and what is left to be tried."""
    heard: list[settle.Heard] = []
    until = time.monotonic() + SETTLE_AFTER_SECONDS
    while rest and time.monotonic() < until:
        claim, *rest = rest
        said = _try(claim)
        if said is None:
            outcomes[claim.id] = "lost"
            continue
        heard.append(said)
        if isinstance(said[1], _TROUBLE):
            break
    return heard, rest


def _settled(heard: list[settle.Heard]) -> dict[UUID, str]:
    """Settle together; when that fails (a hook against one of them), each by itself."""
    if not heard:
        return {}
    try:
        return settle.settle(heard)
    except Exception:
        if len(heard) == 1:
            raise
        log.exception("a set of %s dispatches could not be settled: one by one", len(heard))
    outcomes: dict[UUID, str] = {}
    for one in heard:
        try:
            outcomes |= settle.settle([one])
        except Exception:
            log.exception("dispatch %s could not be settled", one[0].id)
    return outcomes


def _try(claim: Claim) -> settle.Heard | None:
    """What the agency said, to a question first where nobody knows whether it arrived; None: the lease is lost."""
    gateway = _gateway(claim)
    if isinstance(gateway, Misconfigured):
        return claim, gateway
    if claim.ask_first:
        answer = _call_ask(gateway, claim)
        if answer is not None:
            return claim, answer
        renewed = _renew(claim)
        if renewed is None:
            return None
        claim = renewed
    return claim, _call_deliver(gateway, claim)


def _renew(claim: Claim) -> Claim | None:
    """The agency never got it: note that and take a fresh lease for the sending.

    None when ours was lost meanwhile.
    """
    with transaction.atomic(durable=True):
        settle.end_attempt([(claim, settle.NOT_THERE, None)])
        mine = Dispatch.objects.filter(pk=claim.id, lease=claim.lease).update(
            leased_until=claims.until(), attempts_made=F("attempts_made") + 1
        )
        if not mine:
            return None
        renewed = replace(
            claim, attempt_id=uuid7(), ask_first=False, lost=False, attempts_made=claim.attempts_made + 1
        )
        _begin_attempt([renewed])
    return renewed


def _gateway(claim: Claim) -> Gateway | Misconfigured:
    try:
        return registry.gateway(claim.found.agency_code, claim.found.what, claim.found.kind)
    except registry.NotRegistered as error:
        return Misconfigured(str(error), 0)


def _call_deliver(gateway: Gateway, claim: Claim) -> Answer:
    outside_any_transaction()
    try:
        return gateway.deliver(str(claim.key), claim.body, claim.content_type)
    except Exception as error:
        return _surprise(claim, error)


def _call_ask(gateway: Gateway, claim: Claim) -> Answer | None:
    outside_any_transaction()
    try:
        return gateway.ask(str(claim.key))
    except Exception as error:
        return _surprise(claim, error)


def _surprise(claim: Claim, error: Exception) -> Unknown:
    """A gateway that raises is faulty; whether it had sent by then nobody knows."""
    log.exception("the gateway of %s failed", claim.found.agency_code)
    return Unknown(type(error).__name__)


def outside_any_transaction() -> None:
    """`RuntimeError` inside one; Django's own test for a durable block, which overlooks a test's frame."""
    with transaction.atomic(durable=True):
        pass

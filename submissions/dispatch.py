"""One dispatch, one try: claim with a lease → commit → call the agency outside any transaction → settle.

A worker may die between any two of these steps. Before the claim commits nothing happened; after it the lease
runs out and the next worker asks the agency for the key before it sends anything again. Only the holder of
the lease settles; what a late-comer heard is kept in its attempt row and changes nothing else.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.personal import unseal
from reference.keys import uuid7
from submissions import registry, settle, switch
from submissions.gateways import Answer, Gateway, Misconfigured, Unknown
from submissions.intake import payload_context
from submissions.lifecycle import DISPATCH, advance
from submissions.models import Attempt, Dispatch, DispatchState, FailureKind, Submission
from submissions.sending import body_context
from trail.actors import SYSTEM

log = logging.getLogger(__name__)

LEASE_SECONDS = max(60.0, 4 * settings.AGENCY_TIMEOUT_SECONDS)
# After these nobody knows whether it arrived.
ASK_FIRST = frozenset({FailureKind.UNKNOWN, FailureKind.MALFORMED, FailureKind.LOST_LEASE})


def run(dispatch_id: UUID) -> str:
    """Try one dispatch if it is due; returns the outcome, "" when there was nothing to do.

    Never inside a transaction (`RuntimeError`): an agency must not be waited for under a lock.
    """
    claim = _claim(dispatch_id)
    if claim is None:
        return ""
    gateway = _gateway(claim)
    if isinstance(gateway, Misconfigured):
        return settle.settle(claim, gateway)
    if claim.ask_first:
        answer = _call_ask(gateway, claim)
        if answer is not None:
            return settle.settle(claim, answer)
        renewed = _renew(claim)
        if renewed is None:
            return "lost"
        claim = renewed
    return settle.settle(claim, _call_deliver(gateway, claim))


def _claim(dispatch_id: UUID) -> settle.Claim | None:
    """Lease the dispatch when it is due, or its last holder's lease has run out, and the agency is open."""
    with transaction.atomic(durable=True):
        now = timezone.now()
        ready = Q(state=DispatchState.QUEUED, due_at__lte=now) | Q(
            state=DispatchState.LEASED, leased_until__lte=now
        )
        rows = Dispatch.objects.select_related("referral__agency", "referral__submission__payload")
        found = rows.filter(ready, pk=dispatch_id, referral__agency__is_open=True).first()
        if found is None or not switch.may_try(found.referral.agency_id):
            return None
        return _lease(found)


def _lease(found: Dispatch) -> settle.Claim | None:
    lease = uuid7()
    changes = {"lease": lease, "leased_until": timezone.now() + timedelta(seconds=LEASE_SECONDS)}
    moved = advance(DISPATCH, [found.pk], "claim", by=SYSTEM, changes=changes, skip_locked=True)
    if not moved:
        moved = advance(DISPATCH, [found.pk], "reclaim", by=SYSTEM, changes=changes, skip_locked=True)
    if not moved:
        return None
    lost = moved[0].from_state == DispatchState.LEASED
    if lost:
        Attempt.objects.filter(dispatch=found, ended_at=None).update(
            ended_at=timezone.now(), outcome=FailureKind.LOST_LEASE.value
        )
    # Read after the row is ours: the key and the failure may have changed since the first look.
    Dispatch.objects.filter(pk=found.pk).update(attempts_made=F("attempts_made") + 1)
    found.refresh_from_db(fields=["attempts_made", "failure", "key"])
    return _open_claim(found, lease, lost)


def _open_claim(found: Dispatch, lease: UUID, lost: bool) -> settle.Claim | None:
    """What the worker takes along; a dispatch that keeps losing its workers is stopped instead."""
    claim = settle.Claim(
        dispatch=found,
        lease=lease,
        body=body_of(found),
        content_type=found.content_type or found.referral.submission.payload.content_type,
        ask_first=lost or found.failure in ASK_FIRST,
        attempt_id=uuid7(),
    )
    if lost and settle.goes_round(found):
        settle.stop(claim, FailureKind.LOST_LEASE)
        return None
    _begin_attempt(claim, "ask" if claim.ask_first else "deliver")
    return claim


def body_of(row: Dispatch) -> bytes:
    """What is delivered: a body of its own, else the agency's share, else the payload as it was handed in."""
    if row.sealed_body is not None:
        return unseal(row.sealed_body, context=body_context(row.pk))
    submission = row.referral.submission
    share = _share(submission.kind)
    if share is not None:
        return share(submission, row.referral.agency.code).payload
    return unseal(submission.payload.sealed, context=payload_context(submission.pk))


def _share(kind: str) -> Callable[[Submission, str], registry.Frozen] | None:
    try:
        return registry.kind(kind).share
    except registry.NotRegistered:
        return None


def _begin_attempt(claim: settle.Claim, verb: str) -> None:
    """Written before the call: a worker that dies in it leaves the trace of having tried."""
    row = claim.dispatch
    code = row.referral.agency.code
    try:
        line = getattr(registry.gateway(code, row.what, row.referral.submission.kind), "request_line", "")
    except registry.NotRegistered:
        line = ""
    Attempt.objects.create(
        pk=claim.attempt_id,
        dispatch=row,
        number=row.attempts_made,
        request_line=(f"ask {row.key}" if verb == "ask" else line or f"deliver {row.what}")[:200],
        request_sha256="" if verb == "ask" else hashlib.sha256(claim.body).hexdigest(),
    )


def _renew(claim: settle.Claim) -> settle.Claim | None:
    """The agency never got it: note that and take a fresh lease for the sending.

    None when ours was lost meanwhile.
    """
    renewed = replace(claim, attempt_id=uuid7(), ask_first=False)
    with transaction.atomic(durable=True):
        settle.end_attempt(claim, settle.NOT_THERE)
        mine = Dispatch.objects.filter(pk=claim.dispatch.pk, lease=claim.lease).update(
            leased_until=timezone.now() + timedelta(seconds=LEASE_SECONDS),
            attempts_made=F("attempts_made") + 1,
        )
        if not mine:
            return None
        claim.dispatch.refresh_from_db(fields=["attempts_made"])
        _begin_attempt(renewed, "deliver")
    return renewed


def _gateway(claim: settle.Claim) -> Gateway | Misconfigured:
    referral = claim.dispatch.referral
    try:
        return registry.gateway(referral.agency.code, claim.dispatch.what, referral.submission.kind)
    except registry.NotRegistered as error:
        return Misconfigured(str(error), 0)


def _call_deliver(gateway: Gateway, claim: settle.Claim) -> Answer:
    outside_any_transaction()
    try:
        return gateway.deliver(str(claim.dispatch.key), claim.body, claim.content_type)
    except Exception as error:
        return _surprise(claim, error)


def _call_ask(gateway: Gateway, claim: settle.Claim) -> Answer | None:
    outside_any_transaction()
    try:
        return gateway.ask(str(claim.dispatch.key))
    except Exception as error:
        return _surprise(claim, error)


def _surprise(claim: settle.Claim, error: Exception) -> Unknown:
    """A gateway that raises is faulty; whether it had sent by then nobody knows."""
    log.exception("the gateway of %s failed", claim.dispatch.referral.agency.code)
    return Unknown(type(error).__name__)


def outside_any_transaction() -> None:
    """`RuntimeError` inside one; Django's own test for a durable block, which overlooks a test's frame."""
    with transaction.atomic(durable=True):
        pass

"""Handing in: the number, the sealed payload, and a referral with its dispatch for every agency addressed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from psycopg2 import Binary

from accounts.models import Agency, Company, User
from accounts.personal import seal, unseal
from submissions.history import Case
from submissions.lifecycle import DISPATCH, REFERRAL, SUBMISSION, WrongState, advance_one, create
from submissions.models import Dispatch, Referral, Submission, SubmissionState
from submissions.nudge import nudge
from submissions.references import next_reference
from trail import prepared
from trail.actors import Actor
from trail.inserts import insert, together


def receive(
    *,
    kind: str,
    company: Company,
    by: Actor,
    channel: str,
    payload: bytes,
    content_type: str,
    title: str,
    parties: Iterable[int],
    agencies: Sequence[str],
    hold: bool,
    created_by: User | None = None,
) -> Submission:
    """Draft and submit in one go, for what arrives complete. The caller has checked it: nothing is refused
    here.

    `parties`: ids of the companies that may read it besides the applicant. `agencies`: codes; each gets a
    referral and the payload as a dispatch, not yet to be sent when `hold`. On return everything is written,
    in the caller's transaction when there is one; workers are woken when it commits. `LookupError` for an
    unknown agency.
    """
    submission = Submission(
        kind=kind,
        company=company,
        created_by=created_by,
        channel=channel,
        title=title[:200],
        parties=sorted(set(parties) - {company.pk}),
    )
    with transaction.atomic(), together():
        submission.reference = next_reference()
        submission.submitted_at = timezone.now()
        submission.payload_sha256 = hashlib.sha256(payload).hexdigest()
        # Referrals first (their keys are checked at commit): the change row of the submission names the
        # agencies.
        dispatches = refer(submission.pk, agencies, by=by, hold=hold)
        create(
            SUBMISSION, [submission], "submit", by=by, known={submission.pk: _case(submission, dispatches)}
        )
        freeze(submission, payload, content_type)
        wake(() if hold else dispatches)
    return submission


def _case(submission: Submission, dispatches: Iterable[Dispatch]) -> Case:
    return Case(
        submission.reference,
        submission.kind,
        submission.company_id,
        tuple(submission.parties),
        [(row.referral.agency.code, row.referral_id) for row in dispatches],
    )


def submit_frozen(
    submission: Submission,
    payload: bytes,
    content_type: str,
    agencies: Sequence[str],
    *,
    by: Actor,
    title: str | None = None,
    parties: Iterable[int] = (),
    hold: bool = False,
) -> Submission:
    """Hand in a draft: number, payload, referrals; the draft's title stays unless one is given.

    `parties` and `hold` as in `receive`. `WrongState` when it is no draft any more.
    """
    with transaction.atomic():
        # Two clicks: the second waits here and finds that there is no draft any more.
        found = Submission.objects.select_for_update(no_key=True).get(pk=submission.pk)
        if found.state != SubmissionState.DRAFT:
            raise WrongState(SUBMISSION.name, "submit", found.state)
        dispatches = refer(submission.pk, agencies, by=by, hold=hold)
        advance_one(
            SUBMISSION,
            submission.pk,
            "submit",
            by=by,
            guard={"draft_version": submission.draft_version},
            changes={
                "reference": next_reference(),
                "submitted_at": timezone.now(),
                "payload_sha256": hashlib.sha256(payload).hexdigest(),
                "title": (submission.title if title is None else title)[:200],
                "parties": sorted({*submission.parties, *parties} - {submission.company_id}),
            },
        )
        freeze(submission, payload, content_type)
        wake(() if hold else dispatches)
    submission.refresh_from_db()
    return submission


_AGENCIES = "SELECT id, code FROM accounts_agency WHERE code = ANY(%s)"


def refer(submission_id: UUID, agencies: Sequence[str], *, by: Actor, hold: bool) -> list[Dispatch]:
    """A referral and the dispatch of the payload for every agency."""
    found = {code: Agency(id=key, code=code) for key, code in prepared.rows(_AGENCIES, [list(agencies)])}
    if missing := set(agencies) - set(found):
        raise LookupError(f"no such agency: {', '.join(sorted(missing))}")
    referrals = [
        Referral(submission_id=submission_id, agency=found[code]) for code in dict.fromkeys(agencies)
    ]
    create(REFERRAL, referrals, "refer", by=by)
    rows = [Dispatch(referral=referral) for referral in referrals]
    return create(DISPATCH, rows, "hold" if hold else "queue", by=by)


def freeze(submission: Submission, payload: bytes, content_type: str) -> None:
    """Keep the bytes as they were handed in, encrypted."""
    sealed = Binary(seal(payload, context=payload_context(submission.pk)))
    insert(
        "submissions_payload",
        ("submission_id", "content_type", "size", "sealed"),
        [(submission.pk, content_type, len(payload), sealed)],
    )


def unseal_payload(submission: Submission) -> bytes:
    """The bytes as they were handed in."""
    return unseal(submission.payload.sealed, context=payload_context(submission.pk))


def payload_context(submission_id: UUID) -> str:
    """What binds the ciphertext to its submission."""
    return f"payload:{submission_id}"


def wake(dispatches: Iterable[Dispatch]) -> None:
    """Nudge a worker for every dispatch that may go."""
    from submissions import tasks

    for row in dispatches:
        nudge(tasks.dispatch, str(row.pk))

"""Drafts of services that are filled in as a form: start, save, submit, withdraw."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from django.db import transaction
from django.db.models import F

from accounts.models import Company, User
from reference.problems import Refused
from submissions.intake import submit_frozen
from submissions.lifecycle import DISPATCH, REFERRAL, SUBMISSION, WrongState, advance, advance_one, create
from submissions.models import Dispatch, DispatchState, Referral, Submission, SubmissionState
from submissions.registry import Frozen, kind
from trail.actors import Actor


class Stale(Exception):
    """Somebody (another tab, a colleague) saved this draft in the meantime; `current` is its version now."""

    def __init__(self, current: int) -> None:
        super().__init__(f"the draft is at version {current}")
        self.current = current


def start_draft(
    *,
    kind: str,
    company: Company,
    by: Actor,
    created_by: User | None = None,
    title: str = "",
    draft: Mapping[str, Any] | None = None,
    channel: str = "browser",
) -> Submission:
    """An empty or prefilled form; it has no number and nobody but the company sees it."""
    row = Submission(
        kind=kind,
        company=company,
        created_by=created_by,
        title=title[:200],
        draft=dict(draft or {}),
        channel=channel,
    )
    create(SUBMISSION, [row], "draft", by=by)
    return row


def save_draft(
    submission_id: UUID, draft: Mapping[str, Any], version: int, *, title: str | None = None
) -> int:
    """Save what stands in the form, if nobody saved since `version`; returns the new version.

    `Stale` when somebody did, `WrongState` when it is no draft any more.
    """
    values: dict[str, Any] = {"draft": dict(draft), "draft_version": F("draft_version") + 1}
    if title is not None:
        values["title"] = title[:200]
    rows = Submission.objects.filter(pk=submission_id, state=SubmissionState.DRAFT, draft_version=version)
    if rows.update(**values):
        return version + 1
    found = Submission.objects.filter(pk=submission_id).values_list("state", "draft_version").first()
    if found is None or found[0] != SubmissionState.DRAFT:
        raise WrongState("submission", "save", found[0] if found else "")
    raise Stale(found[1])


def submit(submission: Submission, *, by: Actor) -> Submission:
    """Check, freeze and hand in.

    `Refused` with every problem, or `WrongState`/a newer draft: nothing is written.
    """
    service = kind(submission.kind)
    if problems := service.check(submission.draft):
        raise Refused(problems)
    frozen = service.freeze(submission) if service.freeze else canonical(submission)
    return submit_frozen(submission, frozen.payload, frozen.content_type, service.agencies, by=by)


def canonical(submission: Submission) -> Frozen:
    """The draft as JSON with its keys in order: the same draft gives the same bytes."""
    return Frozen(msgspec.json.encode(submission.draft, order="deterministic"), "application/json")


def withdraw(submission_id: UUID, *, by: Actor, why: str = "") -> None:
    """Take a draft back, or a submission of which nothing has gone to an agency; `WrongState` otherwise."""
    with transaction.atomic():
        dispatches = Dispatch.objects.filter(referral__submission_id=submission_id)
        over = (DispatchState.CANCELLED, DispatchState.REFUSED)
        open_ids = list(dispatches.exclude(state__in=over).values_list("pk", flat=True))
        if len(advance(DISPATCH, open_ids, "cancel", by=by, why=why)) < len(open_ids):
            raise WrongState("submission", "withdraw", "sent")
        referrals = Referral.objects.filter(submission_id=submission_id).values_list("pk", flat=True)
        advance(REFERRAL, list(referrals), "withdraw", by=by, why=why)
        advance_one(SUBMISSION, submission_id, "withdraw", by=by, why=why)

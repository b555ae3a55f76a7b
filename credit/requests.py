"""Objection and request for repair: submissions to the source agency of a fact, decided at the officials' desk.

An accepted objection withdraws the fact; an accepted repair ends its publication at once. What is pending stands on
the pages ("under objection"). All of it follows from what happens to the referral, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import msgspec
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from accounts.models import Company, User
from credit import selectors, services
from credit.models import Fact, FactEvent
from reference.problems import Problem, Refused
from submissions.lifecycle import DISPATCH, REFERRAL, advance
from submissions.models import Dispatch, Referral, Submission
from submissions.registry import Happened
from submissions.services import receive
from trail.actors import SYSTEM, Actor

OBJECTION, REPAIR = "credit-objection", "credit-repair"
LONGEST = 4000
V = FactEvent.Verb


@dataclass(frozen=True, slots=True)
class Follow:
    """What a kind of request notes on its fact: when it is made, refused, and taken back."""

    made: str
    refused: str
    dropped: str


FOLLOWS: Mapping[str, Follow] = {
    OBJECTION: Follow(V.OBJECT, V.REJECT_OBJECTION, V.DROP_OBJECTION),
    REPAIR: Follow(V.ASK_REPAIR, V.REFUSE_REPAIR, V.DROP_REPAIR),
}


def problems_of(kind: str, row: selectors.Row, words: str) -> list[Problem]:
    """What is in the way of a request today."""
    problems = []
    if not words.strip() or len(words) > LONGEST:
        text = gettext_noop("Say in at most 4,000 characters what you ask and why.")
        problems.append(Problem("request.words", "/words", text))
    if kind == OBJECTION and not row.may_object:
        text = gettext_noop("The record is withdrawn, or an objection to it is pending already.")
        problems.append(Problem("request.objection", "/", text))
    if kind == REPAIR and not row.repair_open:
        text = gettext_noop("Its repair may be asked from {day} on, once, while it stands.")
        day = row.window.repair_from.isoformat() if row.window else "–"
        problems.append(Problem("request.too_early", "/", text, {"day": day}))
    return problems


def lodge(
    kind: str, *, company: Company, fact_id: UUID, words: str, by: Actor, created_by: User | None = None
) -> Submission:
    """Hand in an objection or a request for repair; Refused with every problem, `Fact.DoesNotExist` for others' facts.

    The fact's row is locked: of two objections at the same moment the second finds the first.
    """
    with transaction.atomic():
        fact = (
            Fact.objects.select_for_update(no_key=True)
            .select_related("agency")
            .get(pk=fact_id, company=company)
        )
        row = selectors.fact_of(company, fact.pk, timezone.localdate())
        if row is None:
            raise Fact.DoesNotExist
        if problems := problems_of(kind, row, words):
            raise Refused(problems)
        made = receive(
            kind=kind,
            company=company,
            by=by,
            channel="browser",
            payload=msgspec.json.encode(_payload(fact, words), order="deterministic"),
            content_type="application/json",
            title=fact.document_no,
            parties=(),
            agencies=(fact.agency.code,),
            hold=True,
            created_by=created_by,
        )
        _lay_before_officials(made, by)
        services.add_event(fact, FOLLOWS[kind].made, by=by, submission=made, why=words.strip())
    return made


def _payload(fact: Fact, words: str) -> dict[str, str]:
    """What the source agency gets: the number of its own record, and the company's words."""
    return {"record_no": fact.record_no, "document_no": fact.document_no, "words": words.strip()}


def _lay_before_officials(submission: Submission, by: Actor) -> None:
    """It is decided at the desk here, so nothing is sent: the agency has it at once."""
    referrals = Referral.objects.filter(submission=submission).values_list("pk", flat=True)
    dispatches = Dispatch.objects.filter(referral__submission=submission).values_list("pk", flat=True)
    advance(DISPATCH, list(dispatches), "cancel", by=by)
    advance(REFERRAL, list(referrals), "send", by=SYSTEM)


def request_of(submission: Submission) -> FactEvent | None:
    """The event with which a submission began."""
    rows = FactEvent.objects.filter(submission=submission, verb__in=[one.made for one in FOLLOWS.values()])
    return rows.select_related("fact__agency", "fact__company").first()


def accepted(happened: Happened) -> None:
    """Hook of `referral.accept`: the objection is upheld, or the repair granted."""
    for request in _requests(happened):
        if request.verb == V.OBJECT:
            services.withdraw(request.fact, by=happened.by, why=happened.words, submission=request.submission)
        else:
            services.repair(request.fact, by=happened.by, why=happened.words, submission=request.submission)


def refused(happened: Happened) -> None:
    """Hook of `referral.refuse`."""
    for request in _requests(happened):
        verb = FOLLOWS[OBJECTION if request.verb == V.OBJECT else REPAIR].refused
        services.add_event(
            request.fact, verb, by=happened.by, why=happened.words, submission=request.submission
        )


def dropped(happened: Happened) -> None:
    """Hook of `submission.withdraw`."""
    for request in _requests(happened):
        verb = FOLLOWS[OBJECTION if request.verb == V.OBJECT else REPAIR].dropped
        services.add_event(request.fact, verb, by=happened.by, submission=request.submission)


def _requests(happened: Happened) -> list[FactEvent]:
    verbs = [one.made for one in FOLLOWS.values()]
    rows = FactEvent.objects.filter(submission__in=happened.submission_ids, verb__in=verbs)
    return list(rows.select_related("fact__company", "submission"))

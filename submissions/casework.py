"""An agency's officer and a referral: take, put back, reassign, decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop

from accounts.models import Agency, User
from accounts.permissions import ROLES, Permission
from reference.problems import Problem, Refused
from submissions.joint import recompute
from submissions.lifecycle import REFERRAL, WrongState, advance_one
from submissions.models import InformationRequest, Referral, ReferralState, Transition
from trail import services as trail
from trail.actors import SYSTEM, Actor

TAKEN_FOR = timedelta(hours=8)
OPEN = (ReferralState.WAITING, ReferralState.SENT, ReferralState.INFORMATION_REQUESTED)


class TakenByAnother(WrongState):
    """A colleague works on it."""


def take(referral_id: UUID, user: User, *, by: Actor) -> None:
    """Take a referral out of the queue for eight hours.

    Taking one's own again prolongs. Permission: `queue.work`.
    """
    now = timezone.now()
    free = Q(taken_by=None) | Q(taken_until__lte=now) | Q(taken_by=user)
    _hold(referral_id, "take", free, {"taken_by": user, "taken_until": now + TAKEN_FOR}, by=by)


def put_back(referral_id: UUID, user: User, *, by: Actor, why: str = "") -> None:
    """Give one's own referral back to the queue. Permission: `queue.work`."""
    _hold(referral_id, "put_back", Q(taken_by=user), {"taken_by": None, "taken_until": None}, by=by, why=why)


def reassign(referral_id: UUID, to: User, *, by: Actor, why: str = "") -> None:
    """Give a referral to a colleague of the same agency, whoever has it. Permission: `queue.supervise`.

    `Refused` for anybody else: an agency's cases never leave it this way.
    """
    agency = Referral.objects.select_related("agency").get(pk=referral_id).agency
    if not colleagues(agency).filter(pk=to.pk).exists():
        message = gettext_noop("This person does not work on the queue of the agency.")
        raise Refused([Problem("case.not_a_colleague", "/to", message)])
    values = {"taken_by": to, "taken_until": timezone.now() + TAKEN_FOR}
    _hold(referral_id, "reassign", Q(), values, by=by, why=why, detail={"to": str(to.pk)})


def colleagues(agency: Agency) -> QuerySet[User]:
    """Those of the agency's people who may work on its queue."""
    roles = [code for code, role in ROLES.items() if Permission.QUEUE_WORK in role.permissions]
    held = User.objects.filter(memberships__agency=agency, memberships__role__in=roles, is_active=True)
    return held.distinct().order_by("full_name", "email")


def return_expired(*, limit: int = 500) -> int:
    """Give back to the queue what somebody took and left until the eight hours were over; for the sweep.

    A holder who prolongs or decides at the same moment wins. Returns how many went back.
    """
    ran_out = Q(taken_until__lte=timezone.now())
    rows = Referral.objects.filter(ran_out, state__in=OPEN, taken_by__isnull=False).order_by("taken_until")
    count = 0
    for key in list(rows.values_list("pk", flat=True)[:limit]):
        with suppress(TakenByAnother):
            _hold(key, "lease_ran_out", ran_out, {"taken_by": None, "taken_until": None}, by=SYSTEM)
            count += 1
    return count


def _hold(
    referral_id: UUID,
    verb: str,
    when: Q,
    values: dict[str, Any],
    *,
    by: Actor,
    why: str = "",
    detail: Mapping[str, str] | None = None,
) -> None:
    """Who works on it is no state; the winner is picked in the same way, and history shows it."""
    with transaction.atomic():
        if not Referral.objects.filter(when, pk=referral_id, state__in=OPEN).update(**values):
            raise TakenByAnother("referral", verb, _state(referral_id))
        row = Referral.objects.get(pk=referral_id)
        Transition.objects.create(
            submission_id=row.submission_id,
            referral=row,
            verb=f"referral.{verb}",
            from_state=row.state,
            to_state=row.state,
            actor_kind=by.kind,
            actor_id=by.id[:64],
            actor_label=by.label[:200],
            on_behalf_of=by.on_behalf_of[:200],
            why=why,
        )
        kept = dict(detail or {}) | ({"why": why[:500]} if why else {})
        trail.record(f"referral.{verb}", by=by, object_type="referral", object_id=referral_id, detail=kept)


def _state(referral_id: UUID) -> str:
    return Referral.objects.filter(pk=referral_id).values_list("state", flat=True).first() or ""


def accept(
    referral_id: UUID, *, by: Actor, words: str = "", number: str | None = None, officer: User | None = None
) -> None:
    """The agency accepts its share. Permission of a person: `queue.work`; `words` are the agency's own."""
    _decide(referral_id, "accept", by, words, number=number, officer=officer, decided=True)


def refuse(
    referral_id: UUID, *, by: Actor, words: str, number: str | None = None, officer: User | None = None
) -> None:
    """The agency refuses its share and says why. Permission of a person: `queue.work`."""
    _decide(referral_id, "refuse", by, words, number=number, officer=officer, decided=True)


def ask_information(
    referral_id: UUID,
    *,
    by: Actor,
    words: str,
    problems: Sequence[Mapping[str, str]] = (),
    officer: User | None = None,
) -> None:
    """The agency asks for further information, all defects at once. Permission of a person: `queue.work`.

    `problems`: where it found something ({"code", "path", "text"}; a path names a field of a form).
    """
    with transaction.atomic():
        Referral.objects.select_for_update(no_key=True).filter(pk=referral_id).values_list("pk").first()
        asked_before = InformationRequest.objects.filter(referral_id=referral_id).count()
        InformationRequest.objects.create(
            referral_id=referral_id,
            number=asked_before + 1,
            words=words,
            problems=[dict(problem) for problem in problems],
        )
        _decide(referral_id, "ask_information", by, words, number=None, officer=officer, decided=False)


def give_information(referral_id: UUID, *, by: Actor, why: str = "") -> None:
    """The applicant has answered; the referral is with the agency again. Permission: `submission.write`."""
    with transaction.atomic():
        moved = advance_one(REFERRAL, referral_id, "give_information", by=by, why=why)
        _follow(moved.submission_id, by, "")


def _decide(
    referral_id: UUID,
    verb: str,
    by: Actor,
    words: str,
    *,
    number: str | None,
    officer: User | None,
    decided: bool,
) -> None:
    now = timezone.now()
    with transaction.atomic():
        if officer is not None:
            _not_anothers(referral_id, verb, officer)
        changes: dict[str, Any] = {"words": words, "decided_at": now if decided else None}
        if decided:
            changes |= {"taken_by_id": None, "taken_until": None}
        if number is not None:
            changes["agency_number"] = number
        moved = advance_one(REFERRAL, referral_id, verb, by=by, words=words, changes=changes)
        _follow(moved.submission_id, by, words)


def _not_anothers(referral_id: UUID, verb: str, officer: User) -> None:
    row = Referral.objects.select_for_update(no_key=True).get(pk=referral_id)
    if row.taken_by_id not in (None, officer.pk) and row.taken_until and row.taken_until > timezone.now():
        raise TakenByAnother("referral", verb, row.state)


def _follow(submission_id: UUID | None, by: Actor, words: str) -> None:
    if submission_id is not None:
        recompute([submission_id], by, words=words)

"""Mandates: a principal lets an agent act for it in one service, from a day to a day, until revoked.

Nothing keeps the answer to “may it?”: `selectors.mandate_in_force` and `Principal.acting_for` ask the table
on every act, so a revocation bites at the next one.
"""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_noop

from accounts.models import Company, Mandate
from accounts.rules import mandate_problems
from reference.problems import Problem, Refused
from trail.actors import Actor
from trail.services import record


@transaction.atomic
def give_mandate(
    *,
    principal: Company,
    agent: Company,
    service: str,
    by: Actor,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Mandate:
    """Let `agent` act for `principal` in `service` (a kind's code), both days included."""
    start = valid_from or timezone.localdate()
    problems = mandate_problems(principal, agent, service, start, valid_to)
    # One at a time for a principal: of two that overlap, revoking one would leave the other in force.
    Company.objects.select_for_update(no_key=True).get(pk=principal.pk)
    if not problems and _overlaps(principal, agent, service, start, valid_to):
        message = gettext_noop("A mandate for this service and these days exists already.")
        problems.append(Problem("mandate.overlaps", "/", message))
    if problems:
        raise Refused(problems)
    mandate = Mandate.objects.create(
        principal=principal, agent=agent, service=service, valid_from=start, valid_to=valid_to
    )
    _record("mandate.given", mandate, by)
    return mandate


def _overlaps(principal: Company, agent: Company, service: str, start: date, end: date | None) -> bool:
    others = Mandate.objects.filter(principal=principal, agent=agent, service=service, revoked_at=None)
    others = others.filter(Q(valid_to=None) | Q(valid_to__gte=start))
    return (others.filter(valid_from__lte=end) if end else others).exists()


@transaction.atomic
def revoke_mandate(mandate: Mandate, *, by: Actor) -> Mandate:
    """End a mandate now, whatever its dates; Refused when it was revoked before."""
    won = Mandate.objects.filter(pk=mandate.pk, revoked_at__isnull=True).update(revoked_at=Now())
    if not won:
        message = gettext_noop("This mandate was revoked already.")
        raise Refused([Problem("mandate.revoked", "/", message)])
    mandate.refresh_from_db()
    _record("mandate.revoked", mandate, by)
    return mandate


def _record(action: str, mandate: Mandate, by: Actor) -> None:
    detail = {
        "principal": mandate.principal_id,
        "agent": mandate.agent_id,
        "service": mandate.service,
        "valid_from": mandate.valid_from.isoformat(),
        "valid_to": mandate.valid_to.isoformat() if mandate.valid_to else None,
    }
    record(action, by=by, object_type="mandate", object_id=mandate.pk, detail=detail)

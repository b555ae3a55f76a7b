"""Two officials of customs classify otherwise than the rules: one proposes with a reason, another approves."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop as _

from accounts.models import User
from accounts.permissions import Permission
from accounts.principals import Principal
from customs.b2b.lifecycle import OVERRIDE
from customs.models import B2BDeclaration, B2BOverride, B2BVerdict
from reference.problems import Problem, Refused
from submissions import approvals
from submissions.notices import notify

AGENCY = "customs"


def official(principal: Principal) -> User:
    """Who acts as an official of customs; PermissionDenied for everybody else."""
    principal.require(Permission.QUEUE_WORK)
    if principal.agency is None or principal.agency.code != AGENCY or principal.user is None:
        raise PermissionDenied
    return principal.user


def propose(declaration: B2BDeclaration, *, verdict: str, reason: str, by: Principal) -> B2BOverride:
    """Prepare an override. `Refused` with everything in the way, also when a colleague has prepared one."""
    user = official(by)
    problems = approvals.unexplained(reason)
    if verdict not in B2BVerdict.values:
        problems.append(Problem("b2b_override.verdict", "/verdict", _("Choose one of those offered.")))
    elif verdict == declaration.decided_verdict:
        text = _("It counts as that already: an override says something else.")
        problems.append(Problem("b2b_override.same", "/verdict", text))
    if problems:
        raise Refused(problems)
    try:
        with transaction.atomic():
            row = B2BOverride.objects.create(
                declaration=declaration, verdict=verdict, reason=reason.strip(), prepared_by=user
            )
            approvals.prepared(row, OVERRIDE, submission_id=declaration.submission_id, by=by.actor)
    except IntegrityError:
        text = _("A colleague has prepared a decision already; it waits for its approval.")
        raise Refused([Problem("b2b_override.open", "/verdict", text)]) from None
    return row


def approve(row: B2BOverride, *, by: Principal) -> None:
    """The second official agrees: from now on it counts as decided. `Refused` for who proposed it."""
    user = official(by)
    with transaction.atomic():
        declaration = B2BDeclaration.objects.select_for_update(no_key=True, of=("self",)).get(
            pk=row.declaration_id
        )
        approvals.approve(row, OVERRIDE, user=user, by=by.actor, why=row.reason)
        # What agrees with the rules needs no override any more.
        decided = "" if row.verdict == declaration.verdict else row.verdict
        B2BDeclaration.objects.filter(pk=declaration.pk).update(overridden_as=decided)
        params = {"number": str(declaration), "reason": row.reason}
        notify(declaration.company, f"b2b.decided_{row.verdict}", params, declaration.submission)


def send_back(row: B2BOverride, *, by: Principal, why: str) -> None:
    """The second official does not agree, and says why."""
    approvals.send_back(row, OVERRIDE, user=official(by), by=by.actor, why=why)

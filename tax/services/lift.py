"""A line that officials took out is let in again: one proposes, another approves; then a correction can declare it.

Whether the law allows it is open (`law.toml`, "comparison"): the authority that took it out decides, in the same way.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop as _

from accounts.models import User
from reference.problems import Problem, Refused
from submissions import approvals
from submissions.notices import notify
from tax.lifecycle import SETTLEMENT, let_in
from tax.models import ExemptedLine, ExemptionDeclaration, Settlement
from tax.selectors import EXCLUDED
from trail.actors import Actor


def taken_out(declaration: ExemptionDeclaration) -> list[ExemptedLine]:
    """Lines of this version that two officials took out and that are not let in again."""
    rows = ExemptedLine.objects.filter(declaration=declaration, reversed_because=EXCLUDED)
    return list(rows.order_by("list_no", "gnum"))


def propose_lift(
    *, declaration: ExemptionDeclaration, lines: Collection[str], reason: str, user: User, by: Actor
) -> Settlement:
    """Propose to let lines ("list number/line") in again. `Refused` with everything that is wrong."""
    out = {f"{row.list_no}/{row.gnum}" for row in taken_out(declaration)}
    text = _("This line was not taken out.")
    problems = [Problem("lift.line", line, text) for line in sorted(set(lines) - out)]
    if not lines:
        problems.append(Problem("lift.none", "/line", _("Choose the lines to be let in again.")))
    problems += approvals.unexplained(reason)
    if problems:
        raise Refused(problems)
    try:
        with transaction.atomic():
            row = Settlement.objects.create(
                declaration=declaration,
                kind=Settlement.Kind.LIFT,
                choices=dict.fromkeys(sorted(lines), Settlement.Kind.LIFT.value),
                reason=reason.strip(),
                prepared_by=user,
            )
            approvals.prepared(row, SETTLEMENT, submission_id=declaration.submission_id, by=by)
    except IntegrityError:
        text = _("A colleague has prepared a decision already; it waits for its approval.")
        raise Refused([Problem("settlement.open", str(declaration), text)]) from None
    return row


def take_effect(settlement: Settlement) -> None:
    """What a second approval of it does: the lines are candidates again, and the company is told."""
    declaration = settlement.declaration
    keys = [(line.rpartition("/")[0], int(line.rpartition("/")[2])) for line in settlement.choices]
    let_in(keys, declaration_id=declaration.pk)
    params = {
        "month": f"{declaration.month:%Y-%m}",
        "lines": ", ".join(settlement.choices),
        "reason": settlement.reason,
    }
    notify(declaration.company, "exemption.lift", params, declaration.submission)

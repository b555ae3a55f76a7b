"""Differences are settled by two officials: one prepares, another approves or sends back."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop as _

from accounts.models import User
from reference.problems import Problem, Refused
from submissions import approvals
from submissions.lifecycle import advance_one
from submissions.models import Referral
from submissions.notices import notify
from submissions.services import accept
from tax.lifecycle import DECLARATION, SETTLEMENT, reverse
from tax.models import DeclarationState as S
from tax.models import DeclaredLine, ExemptionDeclaration, Settlement
from tax.selectors import AGENCY
from tax.services import lift
from tax.services.compare import supersede_older, take_effect
from trail.actors import Actor

Choices = Mapping[str, str]  # "list number/line" → a decision


def prepare(
    *, declaration: ExemptionDeclaration, choices: Choices, reason: str, user: User, by: Actor
) -> Settlement:
    """Propose how each difference is settled. `Refused` with every line that is not decided, or wrongly."""
    problems = _undecided(declaration, choices)
    if declaration.state != S.DIFFERENCES:
        text = _("There are no differences to settle any more.")
        problems.append(Problem("settlement.state", str(declaration), text))
    problems += approvals.unexplained(reason)
    if problems:
        raise Refused(problems)
    try:
        with transaction.atomic():
            row = Settlement.objects.create(
                declaration=declaration, choices=dict(choices), reason=reason.strip(), prepared_by=user
            )
            approvals.prepared(row, SETTLEMENT, submission_id=declaration.submission_id, by=by)
    except IntegrityError:
        text = _("A colleague has prepared a decision already; it waits for its approval.")
        raise Refused([Problem("settlement.open", str(declaration), text)]) from None
    return row


def _undecided(declaration: ExemptionDeclaration, choices: Choices) -> list[Problem]:
    problems = []
    for row in declaration.lines.exclude(outcome="equal"):
        choice = choices.get(str(row), "")
        if choice not in DeclaredLine.Decision.values:
            problems.append(Problem("settlement.choice", str(row), _("Decide on this line.")))
        elif choice == "customs" and row.customs_amount is None:
            text = _("Customs' data do not have this line: keep the portal's figure or exclude it.")
            problems.append(Problem("settlement.choice", str(row), text))
    return problems


def approve(*, settlement: Settlement, user: User, by: Actor, why: str = "") -> ExemptionDeclaration:
    """The second approval: the decision takes effect at once.

    `Refused` for who prepared it; `WrongState` when it was decided meanwhile.
    """
    with transaction.atomic():
        approvals.approve(settlement, SETTLEMENT, user=user, by=by, why=why)
        declaration = settlement.declaration
        if settlement.kind == Settlement.Kind.LIFT:
            lift.take_effect(settlement)
            return declaration
        for row in declaration.lines.exclude(outcome="equal"):
            row.decision = settlement.choices[str(row)]
            row.save(update_fields=["decision"])
        supersede_older(declaration, by=by)
        advance_one(DECLARATION, declaration.pk, "settle", by=by, why=settlement.reason)
        take_effect(declaration, by=by)
        _give_back_excluded(declaration)
        referral = Referral.objects.get(submission=declaration.submission_id, agency__code=AGENCY)
        accept(referral.pk, by=by, words=settlement.reason, number=declaration.comparison_no)
        params = {"month": f"{declaration.month:%Y-%m}", "number": declaration.comparison_no}
        notify(declaration.company, "exemption.settle", params, declaration.submission)
    declaration.refresh_from_db()
    return declaration


def send_back(*, settlement: Settlement, user: User, by: Actor, why: str) -> None:
    """Not approved: the differences are open again. `Refused` for who prepared it or without a reason."""
    approvals.send_back(settlement, SETTLEMENT, user=user, by=by, why=why)


def _give_back_excluded(declaration: ExemptionDeclaration) -> None:
    excluded = set(declaration.lines.filter(decision="exclude").values_list("list_no", "gnum"))
    reverse(excluded, company_id=declaration.company_id, month=declaration.month, because="excluded")

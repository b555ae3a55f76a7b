"""Who clears up what is not matched or not declared: handing over with a reason, and telling the company in time."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from accounts.models import Agency, Company, User
from forex.intake import address
from forex.models import HandOver, InwardPayment, OwnerSide
from forex.selectors import undeclared, unsettled
from reference.problems import Problem, Refused
from submissions.notices import notify
from trail import services as trail
from trail.actors import Actor

REASON_LENGTH = 300
WARNED_BEFORE = timedelta(days=1)


def people_of(holder: Company | Agency) -> list[User]:
    """Who can have it: people in force of that company or bank, by name."""
    field = "memberships__company" if isinstance(holder, Company) else "memberships__agency"
    return list(User.objects.filter(**{field: holder}, is_active=True).distinct().order_by("pk"))


def hand_over(payment_id: UUID, *, side: OwnerSide, owner: User | None, why: str, by: Actor) -> HandOver:
    """Say who has it from now on; `Refused` with every reason why not. The company is told of what it gets."""
    with transaction.atomic():
        rows = InwardPayment.objects.select_for_update(no_key=True, of=("self",))
        payment = rows.select_related("company", "bank").get(pk=payment_id)
        if problems := _problems(payment, side, owner, why):
            raise Refused(problems)
        InwardPayment.objects.filter(pk=payment.pk).update(owner_side=side, owner=owner)
        made = HandOver.objects.create(
            payment=payment,
            side=side,
            owner=owner,
            why=why.strip()[:REASON_LENGTH],
            made_by=by.sentence[:200],
        )
        _follow(payment, made, by)
    return made


def _problems(payment: InwardPayment, side: OwnerSide, owner: User | None, why: str) -> list[Problem]:
    problems = []
    if not why.strip():
        message = gettext_noop("Say why it is handed over.")
        problems.append(Problem("payment.no_reason", "/why", message))
    if not unsettled(InwardPayment.objects.filter(pk=payment.pk)).exists():
        message = gettext_noop("The payment is matched and declared; nobody has to clear it up.")
        problems.append(Problem("payment.settled", "/", message))
    holder = payment.company if side == OwnerSide.COMPANY else payment.bank
    if owner is not None and owner not in people_of(holder):
        message = gettext_noop("That person does not belong to the side that gets it.")
        problems.append(Problem("payment.owner", "/owner", message))
    if (payment.owner_side, payment.owner_id) == (side, owner.pk if owner else None):
        message = gettext_noop("They have it already.")
        problems.append(Problem("payment.same_owner", "/owner", message))
    return problems


def _follow(payment: InwardPayment, made: HandOver, by: Actor) -> None:
    trail.record(
        "inward_payment.hand_over",
        by=by,
        object_type="inward_payment",
        object_id=payment.pk,
        detail={"side": made.side, "owner": made.owner_id, "why": made.why[:200]},
    )
    if payment.owner_side != made.side:
        code = "forex.handed_to_company" if made.side == OwnerSide.COMPANY else "forex.handed_to_bank"
        params = {"number": payment.declaration_no, "bank": payment.bank.name_zh, "why": made.why}
        notify(payment.company_id, code, params, url=address(payment))


def remind(today: date | None = None, *, limit: int = 1000) -> int:
    """Tell the companies, once, of payments whose last day is tomorrow or over; how many were told."""
    day = today or timezone.localdate()
    rows = undeclared(InwardPayment.objects.filter(reminded_on=None, due_on__lte=day + WARNED_BEFORE))
    told = 0
    for payment in rows.order_by("due_on", "pk")[:limit]:
        told += _remind(payment, day)
    return told


def _remind(payment: InwardPayment, day: date) -> int:
    """Of two sweeps at once the first tells."""
    with transaction.atomic():
        if not InwardPayment.objects.filter(pk=payment.pk, reminded_on=None).update(reminded_on=day):
            return 0
        params = {
            "number": payment.declaration_no,
            "amount": f"{payment.currency} {payment.amount:,.2f}",
            "due": payment.due_on.isoformat(),
        }
        notify(payment.company_id, "forex.due", params, url=address(payment))
    return 1

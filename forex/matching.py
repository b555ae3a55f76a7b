"""Matching inward payments with payout statements: never more than either side has, whoever asks at once.

Each match is two conditional updates (payment, then statement, always in this order) and a row. The loser of a
race finds that not enough is left and gets `Refused`; the constraints of the tables say the same once more.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_noop

from forex.amounts import Share, Side, proposed, settled, share
from forex.lifecycle import PAYMENT, STATEMENT, advance
from forex.models import BopDeclaration, BopState, InwardPayment, Match, PayoutStatement
from reference.problems import Problem, Refused
from reference.selectors import setting
from trail.actors import Actor

TOLERANCE = "forex_match_tolerance"


def payment_side(payment: InwardPayment) -> Side:
    """Its amount, and what is matched."""
    return Side(payment.amount, payment.matched)


def statement_side(statement: PayoutStatement) -> Side:
    """Its net amount, and what is paid."""
    return Side(statement.net, statement.paid)


def fees_side(statement: PayoutStatement) -> Side:
    """Its fees, and what has gone with matches."""
    return Side(statement.fees, statement.fees_matched)


def tolerance() -> Decimal:
    """Difference, in the payment's currency, at which a side still counts as matched in full."""
    value: Decimal = setting(TOLERANCE, timezone.localdate()).value
    return value


def match(
    payment_id: UUID, statement_id: UUID, *, company_id: int, by: Actor, amount: Decimal | None = None
) -> Match:
    """Let `amount` of the payment pay so much of the statement; left out, as much as both have left.

    `Refused` with every reason, `DoesNotExist` when one of them is not this company's.
    """
    allowed = tolerance()
    with transaction.atomic():
        payment, statement = _locked(payment_id, statement_id, company_id)
        wanted = proposed(payment_side(payment), statement_side(statement)) if amount is None else amount
        if problems := _problems(payment, statement, wanted):
            raise Refused(problems)
        part = share(wanted, statement_side(statement), fees_side(statement), allowed)
        made = Match.objects.create(
            payment=payment,
            statement=statement,
            amount=part.amount,
            fees=part.fees,
            made_by=by.sentence[:200],
        )
        _move(payment, statement, part, 1, allowed, by=by, detail={"match": str(made.pk)})
    return made


def unmatch(match_id: UUID, *, company_id: int, by: Actor, why: str) -> Match:
    """Undo a match, with a reason; not while a declaration that rests on it is with the bank or accepted."""
    if not why.strip():
        message = gettext_noop("Say why the match is undone.")
        raise Refused([Problem("match.no_reason", "/why", message)])
    allowed = tolerance()
    with transaction.atomic():
        found = Match.objects.get(pk=match_id, payment__company_id=company_id)
        payment, statement = _locked(found.payment_id, found.statement_id, company_id)
        if problems := _declared(payment):
            raise Refused(problems)
        values = {"undone_at": Now(), "undone_by": by.sentence[:200], "undone_because": why.strip()[:300]}
        if not Match.objects.filter(pk=match_id, undone_at=None).update(**values):
            message = gettext_noop("This match was undone already.")
            raise Refused([Problem("match.undone", "/", message)])
        part = Share(found.amount, found.fees)
        _move(payment, statement, part, -1, allowed, by=by, detail={"match": str(match_id), "why": why[:200]})
    found.refresh_from_db()
    return found


def _locked(payment_id: UUID, statement_id: UUID, company_id: int) -> tuple[InwardPayment, PayoutStatement]:
    """Both rows, payment first: two calls never wait for each other."""
    payments = InwardPayment.objects.select_for_update(no_key=True)
    statements = PayoutStatement.objects.select_for_update(no_key=True)
    payment = payments.get(pk=payment_id, company_id=company_id)
    return payment, statements.get(pk=statement_id, company_id=company_id)


def _problems(payment: InwardPayment, statement: PayoutStatement, amount: Decimal) -> list[Problem]:
    problems = _declared(payment)
    if payment.currency != statement.currency:
        message = gettext_noop("The payment is in {one}, the statement in {other}.")
        found = {"one": payment.currency, "other": statement.currency}
        problems.append(Problem("match.currency", "/statement", message, found))
    if Match.objects.filter(payment=payment, statement=statement, undone_at=None).exists():
        message = gettext_noop("The two are matched already; undo that match to match another amount.")
        problems.append(Problem("match.there", "/statement", message))
    if amount <= 0:
        message = gettext_noop("Nothing is left to match between the two.")
        problems.append(Problem("match.nothing", "/amount", message))
    for left, message in (
        (payment.left, gettext_noop("Only {left} of the payment is not matched yet.")),
        (statement.left, gettext_noop("Only {left} of the statement is not paid yet.")),
    ):
        if amount > left:
            problems.append(Problem("match.exceeds", "/amount", message, {"left": f"{left:,.2f}"}))
    return problems


def _declared(payment: InwardPayment) -> list[Problem]:
    """A declaration in force rests on the matches it was made from."""
    in_force = (BopState.SUBMITTED, BopState.ACCEPTED)
    if not BopDeclaration.objects.filter(payment=payment, state__in=in_force).exists():
        return []
    message = gettext_noop("The payment is declared with these matches; they cannot be changed any more.")
    return [Problem("match.declared", "/", message)]


def _move(
    payment: InwardPayment,
    statement: PayoutStatement,
    part: Share,
    sign: int,
    allowed: Decimal,
    *,
    by: Actor,
    detail: dict[str, Any],
) -> None:
    """Both sums and both states, in the order payment, statement; both rows are locked."""
    matched = payment.matched + sign * part.amount
    paid = statement.paid + sign * part.amount
    fees = statement.fees_matched + sign * part.fees
    told = {**detail, "amount": str(part.amount)}
    verb = _verb(Side(payment.amount, matched), allowed, ("match", "match_partly", "unmatch"))
    advance(PAYMENT, payment.pk, verb, by=by, changes={"matched": matched}, detail=told)
    verb = _verb(Side(statement.net, paid), allowed, ("pay", "pay_partly", "open"))
    advance(STATEMENT, statement.pk, verb, by=by, changes={"paid": paid, "fees_matched": fees}, detail=told)


def _verb(side: Side, allowed: Decimal, verbs: tuple[str, str, str]) -> str:
    whole, part, none = verbs
    if side.matched == 0:
        return none
    return whole if settled(side, allowed) else part

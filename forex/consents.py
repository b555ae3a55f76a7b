"""Letting a bank ask, taking that back at once, and answering within it: minimal, and logged for the company.

A question without a consent gets the answer of a document that does not exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_noop

from accounts.models import Agency, Company
from forex import orders
from forex.models import (
    BopDeclaration,
    BopState,
    Consent,
    DeclarationQuery,
    DocumentKind,
    DocumentUse,
    InwardPayment,
    Match,
    Outcome,
    PayoutLine,
    Purpose,
)
from reference.problems import Problem, Refused
from trail import services as trail
from trail.actors import Actor


@dataclass(frozen=True, slots=True)
class Question:
    """What a bank asks about: one document, for one purpose."""

    kind: DocumentKind
    number: str
    purpose: Purpose
    payment_no: str = ""  # the declaration number of the payment in hand, which does not count as another


@dataclass(frozen=True, slots=True)
class Answer:
    """All a bank is told.

    `closed`: customs closed it, or SAFE has it; `backs_other`: it backs a financing; `backs_payment`: its order is
    in a payout statement matched with another payment than the one in hand.
    """

    exists: bool
    closed: bool = False
    backs_other: bool = False
    backs_payment: bool = False


NOT_FOUND = Answer(exists=False)


@dataclass(frozen=True, slots=True)
class Found:
    """Whose document it is, whether it is closed, and the order behind it where there is one."""

    company: Company
    closed: bool
    order_no: str = ""


def give(
    company: Company,
    bank: Agency,
    purpose: Purpose,
    *,
    by: Actor,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Consent:
    """Let that bank ask for that purpose; `Refused` when a consent is there already or the days are wrong."""
    start = valid_from or timezone.localdate()
    if valid_to is not None and valid_to < start:
        message = gettext_noop("The consent ends before it begins.")
        raise Refused([Problem("consent.dates", "/valid_to", message)])
    try:
        with transaction.atomic():
            row = Consent.objects.create(
                company=company,
                bank=bank,
                purpose=purpose,
                valid_from=start,
                valid_to=valid_to,
                given_by=by.sentence[:200],
            )
            _record("consent.give", row, by)
    except IntegrityError:
        message = gettext_noop("This bank has a consent for this purpose already; withdraw it first.")
        raise Refused([Problem("consent.there", "/bank", message)]) from None
    return row


def withdraw(consent: Consent, *, by: Actor) -> None:
    """End a consent now; it bites at the bank's next question."""
    with transaction.atomic():
        if not Consent.objects.filter(pk=consent.pk, withdrawn_at=None).update(withdrawn_at=Now()):
            message = gettext_noop("This consent was withdrawn already.")
            raise Refused([Problem("consent.withdrawn", "/", message)])
        _record("consent.withdraw", consent, by)


def _record(action: str, row: Consent, by: Actor) -> None:
    detail = {"company": row.company_id, "bank": row.bank_id, "purpose": row.purpose}
    trail.record(action, by=by, object_type="bank_consent", object_id=row.pk, detail=detail)


def ask(bank: Agency, asked: Question, *, by: Actor) -> Answer:
    """Answer a bank; what names a company stands in that company's log, answered or not."""
    found = find(asked)
    if found is None:
        return NOT_FOUND
    if not allowed(bank, found.company, asked.purpose):
        log(bank, found.company, asked, Outcome.NO_CONSENT, by)
        return NOT_FOUND
    log(bank, found.company, asked, Outcome.FOUND, by)
    used = DocumentUse.objects.filter(kind=asked.kind, number=asked.number, released_at=None)
    return Answer(
        exists=True,
        closed=found.closed,
        backs_other=used.exists(),
        backs_payment=_paid_elsewhere(found, asked.payment_no),
    )


def _paid_elsewhere(found: Found, payment_no: str) -> bool:
    """Whether its order was paid by another payment than the one in hand."""
    if not found.order_no:
        return False
    lines = PayoutLine.objects.filter(order_no=found.order_no, statement__company=found.company)
    live = Match.objects.filter(statement__in=lines.values("statement"), undone_at=None)
    return live.exclude(payment__declaration_no=payment_no).exists()


def allowed(bank: Agency, company: Company, purpose: Purpose) -> bool:
    """Whether a consent holds now; asked anew at every question."""
    return Consent.objects.in_force().filter(bank=bank, company=company, purpose=purpose).exists()


def log(bank: Agency, company: Company, asked: Question, outcome: Outcome, by: Actor) -> None:
    """A line of the log that the company reads."""
    DeclarationQuery.objects.create(
        bank=bank,
        company=company,
        kind=asked.kind,
        number=asked.number,
        purpose=asked.purpose,
        outcome=outcome,
        asked_by=by.id[:64],
    )


def find(asked: Question) -> Found | None:
    """The document, whoever's it is; None when there is none."""
    if asked.kind == DocumentKind.BOP:
        return _declaration(asked.number)
    if asked.kind == DocumentKind.ORDER:
        return _order(asked.number)
    one = orders.export_list(asked.number)
    return Found(one.company, one.closed, one.order_no) if one else None


def _declaration(number: str) -> Found | None:
    payment = InwardPayment.objects.filter(declaration_no=number).select_related("company").first()
    if payment is None:
        return None
    done = BopDeclaration.objects.filter(payment=payment, state=BopState.ACCEPTED)
    return Found(payment.company, done.exists())


def _order(number: str) -> Found | None:
    """An order of a payout statement; closed when it is known to be declared to customs."""
    lines = PayoutLine.objects.filter(order_no=number).select_related("statement__company")
    line = lines.order_by("pk").first()
    if line is None:
        return None
    company = line.statement.company
    known = orders.known([number], company).get(number)
    return Found(company, known is not None and known.state == "closed", number)

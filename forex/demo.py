"""The story's money of October: two payouts with their credits, a third credit that nothing explains; and an export
list that backs a financing of the first bank and is refused to the second.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from accounts.models import Agency, Company
from customs.demo.export import parcels
from forex import consents, declarations, document_uses, intake, matching, statements
from forex.amounts import to_cent
from forex.bop_rules import Declaration
from forex.consents import Question
from forex.models import (
    BopDeclaration,
    Consent,
    DeclarationQuery,
    DocumentKind,
    InwardPayment,
    Outcome,
    Purpose,
)
from forex.statement_rules import Head, Line, Row, Statement, read
from reference.problems import Refused
from trail.actors import Actor

PLATFORM = "Example Marketplace"
PAYER = "Example Marketplace Payments Ltd"
ACCOUNT = "6217000000000000613"
FREIGHT, LABEL, COMMISSION = Decimal("6.00"), Decimal("3.20"), Decimal("0.15")
# USD amounts of the twenty export lists of October, in their order.
AMOUNTS = (
    *("29.00", "29.70", "27.80", "21.25", "33.60", "27.00", "41.00", "58.40", "14.50", "96.00"),
    *("19.80", "55.60", "42.50", "67.20", "13.50", "82.00", "58.40", "43.50", "39.60", "27.80"),
)
FIRST = 8  # orders of the first payout


@dataclass(frozen=True, slots=True)
class Credit:
    """One credit to F's account."""

    declaration_no: str
    amount: str
    received_on: str


CREDITS = (
    Credit("1200000001202610200001", "242.79", "2026-10-20"),
    Credit("1200000001202611040002", "499.14", "2026-11-04"),
    Credit("1200000001202611180003", "88.00", "2026-11-18"),
)


def order_no(number: int) -> str:
    """The order of the list with that number, 1 to 20."""
    return parcels()[number - 1].order_no


def push_body(company: Company, credit: Credit) -> dict[str, Any]:
    """What the bank's system sends for a credit."""
    return {
        "declaration_no": credit.declaration_no,
        "account_holder": company.uscc,
        "account": ACCOUNT,
        "currency": "USD",
        "amount": credit.amount,
        "received_on": credit.received_on,
        "payer": PAYER,
        "payer_country": "USA",
    }


def push_credits(bank: Agency, company: Company, *, by: Actor) -> list[InwardPayment]:
    """The bank pushes all three; a second time changes nothing."""
    taken = [intake.push(bank, push_body(company, credit), by=by) for credit in CREDITS]
    return [one.payment for one in taken if one.payment is not None]


def payout(number: int) -> Statement:
    """The first or the second payout statement."""
    numbers = range(1, FIRST + 1) if number == 1 else range(FIRST + 1, len(AMOUNTS) + 1)
    days = ((10, 1), (10, 15)) if number == 1 else ((10, 16), (10, 31))
    head = Head(
        platform=PLATFORM,
        number=f"PO-2026-10-{number}",
        period_from=date(2026, *days[0]),
        period_to=date(2026, *days[1]),
        currency="USD",
    )
    rows = [Row(f"row {at}", texts) for at, texts in enumerate(_rows(list(numbers)), start=2)]
    found, problems = read(head, rows)
    if found is None:
        raise ValueError(problems)
    return found


def _rows(numbers: list[int]) -> list[Mapping[str, str]]:
    """The marketplace rounds its commission on the whole; the last order takes the difference."""
    goods = [Decimal(AMOUNTS[number - 1]) for number in numbers]
    left = to_cent(sum((one + FREIGHT for one in goods), Decimal(0)) * COMMISSION)
    rows: list[Mapping[str, str]] = []
    for at, (number, one) in enumerate(zip(numbers, goods, strict=True)):
        commission = left if at == len(numbers) - 1 else to_cent((one + FREIGHT) * COMMISSION)
        left -= commission
        line = Line(order_no(number), one, FREIGHT, commission, LABEL, Decimal(0))
        rows.append({name: str(getattr(line, name)) for name in Line.__dataclass_fields__})
    return rows


def match_payouts(company: Company, *, by: Actor) -> None:
    """F hands both statements in and matches them; what is done already stays."""
    for number, credit in enumerate(CREDITS[:2], start=1):
        kept = statements.hand_in(company, payout(number), by=by)
        payment = InwardPayment.objects.get(company=company, declaration_no=credit.declaration_no)
        if payment.matched == 0:
            matching.match(payment.pk, kept.statement.pk, company_id=company.pk, by=by)


def declare(
    company: Company,
    number: int,
    *,
    by: Actor,
    on: date,
    code: str = "121990",
    confirmed: tuple[str, ...] = (),
) -> BopDeclaration:
    """F declares the first or second credit on that day under a code."""
    payment = InwardPayment.objects.get(company=company, declaration_no=CREDITS[number - 1].declaration_no)
    first = declarations.prefilled(declarations.basis(payment, on), on)
    words = "未报关、未纳入海关统计+网络购物+纺织品等+货款，轧差净额"
    values = {name: getattr(first, name) for name in Declaration.__dataclass_fields__} | {"code": code}
    if code == "122030":
        values["remark"] = words
    return declarations.declare(
        payment.pk, Declaration(**values), company=company, by=by, channel="api", confirmed=confirmed
    )


PLEDGED = 8  # the export list that backs a financing
FINANCING = "SYN-RZ-2026-0008"


def let_banks_ask(company: Company, banks: Iterable[Agency], *, by: Actor) -> None:
    """F lets each bank ask before it finances; a consent that is there stays."""
    for bank in banks:
        if (
            not Consent.objects.in_force()
            .filter(company=company, bank=bank, purpose=Purpose.FINANCING)
            .exists()
        ):
            consents.give(company, bank, Purpose.FINANCING, by=by)


def pledge(bank: Agency, *, by: Actor) -> str:
    """The bank asks about the list and would finance against it: "pledged", "refused", or "unknown"."""
    asked = Question(DocumentKind.EXPORT_LIST, parcels()[PLEDGED - 1].list_no, Purpose.FINANCING)
    log = DeclarationQuery.objects.filter(bank=bank, number=asked.number)
    played = log.filter(outcome__in=(Outcome.USED, Outcome.REFUSED)).order_by("pk").last()
    if played is not None:
        return "pledged" if played.outcome == Outcome.USED else "refused"
    if not consents.ask(bank, asked, by=by).exists:
        return "unknown"
    try:
        document_uses.use(bank, asked, FINANCING, by=by)
    except Refused:
        return "refused"
    return "pledged"

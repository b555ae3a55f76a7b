"""Payments, statements and people of the foreign exchange desk; named after situations. F's October by default."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from accounts.models import Agency, Company
from forex import intake
from forex.models import InwardPayment, PayoutLine, PayoutStatement
from reference import selectors
from reference.datafiles import parameter_rows
from reference.models import Parameter
from tests.accounts import factories as people
from trail.actors import Actor

BANK = Actor("client", "demo-bank", "示例银行")
FIRM = Actor("person", "1", "F's clerk")
_serial = count(1)


def rules() -> None:
    """The dated parameters, as they are loaded."""
    from dataclasses import asdict

    if not Parameter.objects.exists():
        Parameter.objects.bulk_create(Parameter(**asdict(row)) for row in parameter_rows())
    selectors.forget()


def a_bank(code: str = "bank") -> Agency:
    """示例银行 by default."""
    return people.an_agency(code)


def a_push(firm: Company, **changed: Any) -> dict[str, Any]:
    """What a bank sends for the first credit of the story."""
    return {
        "declaration_no": f"120000000120261020{next(_serial):04d}",
        "account_holder": firm.uscc,
        "account": "6200000000001234",
        "currency": "USD",
        "amount": "242.79",
        "received_on": "2026-10-20",
        "payer": "Example Marketplace Payments Ltd",
        "payer_country": "USA",
        **changed,
    }


def a_payment(firm: Company, amount: str = "242.79", **changed: Any) -> InwardPayment:
    """Pushed and taken."""
    taken = intake.push(a_bank(), a_push(firm, amount=amount, **changed), by=BANK)
    assert taken.payment is not None, taken.problems
    return taken.payment


def a_statement(
    firm: Company,
    goods: str = "267.75",
    freight: str = "48.00",
    commission: str = "47.36",
    other: str = "25.60",
    **changed: Any,
) -> PayoutStatement:
    """The first payout of the story: net 242.79. One line for all of it."""
    parts = {
        "goods": Decimal(goods),
        "freight": Decimal(freight),
        "commission": Decimal(commission),
        "other_fees": Decimal(other),
        "refunds": Decimal(0),
    }
    net = parts["goods"] + parts["freight"] - parts["commission"] - parts["other_fees"]
    number = f"PO-{next(_serial):04d}"
    row = PayoutStatement.objects.create(
        company=firm,
        **{
            "platform": "Example Marketplace",
            "number": number,
            "period_from": date(2026, 10, 1),
            "period_to": date(2026, 10, 15),
            "currency": "USD",
            "net": net,
            "content_sha256": number,
            "created_by": "F",
            **parts,
            **changed,
        },
    )
    PayoutLine.objects.create(statement=row, number=1, order_no=f"EO-{number}", **parts)
    return row

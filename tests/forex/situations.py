"""October's money in the states that tests begin from: returned, accepted, under way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal as D

import pytest

from accounts.models import Company
from forex import declarations, matching, orders
from forex.models import BopDeclaration, InwardPayment
from forex.orders import KnownOrder
from submissions import services
from submissions.models import Referral
from tests.forex.factories import FIRM, a_payment, a_statement
from trail.actors import Actor

THE_BANK = Actor("agency", "bank", "示例银行")
WRONG_CODE = "122030 用错：货物已纳入海关统计"
SAFE = "SAFE-2026-0000001"


def orders_in_statistics(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every order asked for is declared to customs."""

    def known(order_nos: Iterable[str], company: Company) -> Mapping[str, KnownOrder]:
        return {number: KnownOrder(number, D(0), "USD", in_statistics=True) for number in order_nos}

    monkeypatch.setattr(orders, "_lookup", known)


def a_matched_payment(firm: Company) -> InwardPayment:
    """The first credit with its statement."""
    payment = a_payment(firm)
    matching.match(payment.pk, a_statement(firm).pk, company_id=firm.pk, by=FIRM)
    payment.refresh_from_db()
    return payment


def declared(payment: InwardPayment, code: str = "121990") -> BopDeclaration:
    """Handed in with every warning confirmed."""
    basis = declarations.basis(payment)
    one = replace(declarations.prefilled(basis), code=code)
    confirmed = [said.code for said in declarations.check(basis, one)]
    return declarations.declare(
        payment.pk, one, company=payment.company, by=FIRM, channel="api", confirmed=confirmed
    )


def returned(row: BopDeclaration, words: str = WRONG_CODE) -> BopDeclaration:
    """By the bank, with its words."""
    services.refuse(Referral.objects.get(submission=row.submission).pk, by=THE_BANK, words=words)
    row.refresh_from_db()
    return row


def accepted(row: BopDeclaration, words: str = f"已报送外汇局，编号 {SAFE}。") -> BopDeclaration:
    """By the bank, which has a number of its own and names SAFE's in its words."""
    referral = Referral.objects.get(submission=row.submission)
    services.accept(referral.pk, by=THE_BANK, words=words, number="BAN20261125000000001")
    row.refresh_from_db()
    row.submission.refresh_from_db()
    return row


def corrected_and_accepted(firm: Company) -> BopDeclaration:
    """First under 122030 and returned, then under 121990 and accepted."""
    payment = a_matched_payment(firm)
    returned(declared(payment, "122030"))
    return accepted(declared(payment))

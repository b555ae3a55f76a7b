"""Matches never exceed either side, whoever asks at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from decimal import Decimal as D

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from accounts.models import Company
from forex import matching
from forex.models import BopDeclaration, InwardPayment, Match, PayoutStatement
from reference.problems import Refused
from tests.accounts import factories as people
from tests.forex.factories import FIRM, a_payment, a_statement, rules
from tests.forex.situations import declared, returned
from trail.models import Entry


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [problem.code for problem in refused.value.problems]


def paired(firm: Company, payment: InwardPayment, statement: PayoutStatement, amount: str = "") -> Match:
    return matching.match(
        payment.pk, statement.pk, company_id=firm.pk, by=FIRM, amount=D(amount) if amount else None
    )


def test_the_first_payout_matches_to_the_cent(firm: Company) -> None:
    payment, statement = a_payment(firm), a_statement(firm)
    made = paired(firm, payment, statement)
    payment.refresh_from_db()
    statement.refresh_from_db()
    assert (made.amount, made.fees) == (D("242.79"), D("72.96"))
    assert (payment.state, payment.left, statement.state, statement.left) == ("matched", 0, "paid", 0)
    assert Entry.objects.filter(action="inward_payment.match").count() == 1


def test_a_statement_paid_in_parts(firm: Company) -> None:
    statement = a_statement(firm)
    first, second = a_payment(firm, "100.00"), a_payment(firm, "142.79")
    shares = [paired(firm, one, statement).fees for one in (first, second)]
    statement.refresh_from_db()
    assert statement.state == "paid"
    assert shares == [D("30.05"), D("42.91")]
    assert sum(shares) == D("72.96")


def test_a_payment_for_two_statements(firm: Company) -> None:
    payment = a_payment(firm, "485.58")
    paired(firm, payment, a_statement(firm))
    payment.refresh_from_db()
    assert (payment.state, payment.left) == ("partly_matched", D("242.79"))
    paired(firm, payment, a_statement(firm))
    payment.refresh_from_db()
    assert payment.state == "matched"


def test_what_differs_within_the_tolerance_counts_as_matched_and_stays_shown(firm: Company) -> None:
    payment, statement = a_payment(firm, "242.75"), a_statement(firm)
    made = paired(firm, payment, statement)
    statement.refresh_from_db()
    assert (statement.state, statement.left) == ("paid", D("0.04"))
    assert made.fees == D("72.96")


def test_too_much_and_the_wrong_currency_are_said_at_once(firm: Company) -> None:
    payment, statement = a_payment(firm, currency="EUR"), a_statement(firm)
    with pytest.raises(Refused) as refused:
        paired(firm, payment, statement, "242.80")
    assert codes(refused) == ["match.currency", "match.exceeds", "match.exceeds"]


def test_twice_the_same_is_refused(firm: Company) -> None:
    payment, statement = a_payment(firm), a_statement(firm)
    paired(firm, payment, statement, "10")
    with pytest.raises(Refused) as refused:
        paired(firm, payment, statement, "10")
    assert codes(refused) == ["match.there"]


def test_another_firms_rows_do_not_exist(firm: Company) -> None:
    stranger = people.a_company("旁观（示例）公司")
    payment, statement = a_payment(firm), a_statement(stranger)
    with pytest.raises(PayoutStatement.DoesNotExist):
        paired(firm, payment, statement)
    with pytest.raises(InwardPayment.DoesNotExist):
        paired(stranger, payment, statement)


def test_undone_with_a_reason_and_only_once(firm: Company) -> None:
    payment, statement = a_payment(firm), a_statement(firm)
    made = paired(firm, payment, statement)
    with pytest.raises(Refused) as refused:
        matching.unmatch(made.pk, company_id=firm.pk, by=FIRM, why=" ")
    assert codes(refused) == ["match.no_reason"]
    matching.unmatch(made.pk, company_id=firm.pk, by=FIRM, why="another payout")
    payment.refresh_from_db()
    statement.refresh_from_db()
    assert (payment.state, payment.matched, statement.state, statement.fees_matched) == (
        "unmatched",
        0,
        "unpaid",
        0,
    )
    with pytest.raises(Refused) as refused:
        matching.unmatch(made.pk, company_id=firm.pk, by=FIRM, why="again")
    assert codes(refused) == ["match.undone"]
    assert paired(firm, payment, statement).fees == D("72.96")


def test_the_database_itself_lets_nothing_exceed(firm: Company) -> None:
    payment, statement = a_payment(firm), a_statement(firm)
    for rows, values in (
        (InwardPayment.objects.filter(pk=payment.pk), {"state": "matched", "matched": D("242.80")}),
        (PayoutStatement.objects.filter(pk=statement.pk), {"state": "paid", "paid": D("242.80")}),
        (PayoutStatement.objects.filter(pk=statement.pk), {"net": D("242.80")}),
        (InwardPayment.objects.filter(pk=payment.pk), {"state": "matched"}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**values)


@pytest.mark.django_db(transaction=True)
def test_two_hundred_at_once_match_no_more_than_there_is() -> None:
    """One payment of 100.00, 200 statements of 242.79, each asking for 1.00 at the same moment."""
    rules()
    firm = people.a_company("并发（示例）公司")
    payment = a_payment(firm, "100.00")
    statements = [a_statement(firm).pk for _ in range(200)]

    def attempt(key: object) -> bool:
        try:
            matching.match(payment.pk, key, company_id=firm.pk, by=FIRM, amount=D("1.00"))  # type: ignore[arg-type]
        except Refused:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(12) as pool:
        won = list(pool.map(attempt, statements))
    payment.refresh_from_db()
    assert sum(won) == 100
    assert (payment.matched, payment.state) == (D("100.00"), "matched")
    assert Match.objects.aggregate(all=Sum("amount"))["all"] == D("100.00")


@pytest.mark.django_db(transaction=True)
def test_matching_undoing_and_declaring_at_once_keep_every_sum() -> None:
    """Twelve hands on one payment and three statements; afterwards sums, matches and the declaration agree."""
    rules()
    firm = people.a_company("并发（示例）公司")
    payment, statements = a_payment(firm, "100.00"), [a_statement(firm).pk for _ in range(3)]

    def attempt(number: int) -> None:
        try:
            if number % 4 == 3:
                live = Match.objects.filter(payment=payment, undone_at=None).first()
                if live is not None:
                    matching.unmatch(live.pk, company_id=firm.pk, by=FIRM, why="undo")
            elif number == 30:
                declared(payment)
            else:
                key = statements[number % 3]
                matching.match(payment.pk, key, company_id=firm.pk, by=FIRM, amount=D("40.00"))
        except Refused:
            pass
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(attempt, range(48)))
    payment.refresh_from_db()
    live = Match.objects.filter(payment=payment, undone_at=None)
    assert payment.matched == (live.aggregate(all=Sum("amount"))["all"] or 0) <= payment.amount
    for one in PayoutStatement.objects.all():
        assert one.paid == (live.filter(statement=one).aggregate(all=Sum("amount"))["all"] or 0) <= one.net
    for row in BopDeclaration.objects.filter(payment=payment):
        fees = live.aggregate(all=Sum("fees"))["all"] or D(0)
        assert (row.actual, row.gross_out) == (payment.amount, fees)
        assert row.gross_in - row.gross_out == row.actual


class Matching(RuleBasedStateMachine):
    """Payments and statements of one firm, matched and unmatched, declared, returned and corrected in any order."""

    def __init__(self) -> None:
        super().__init__()
        rules()
        self.firm = people.a_company("随机（示例）公司")
        self.payments = [a_payment(self.firm, amount) for amount in ("50.00", "200.00", "242.79")]
        self.statements = [a_statement(self.firm) for _ in range(3)]

    @rule(p=st.integers(0, 2), s=st.integers(0, 2), cents=st.none() | st.integers(-5, 30_000))
    def pair(self, p: int, s: int, cents: int | None) -> None:
        amount = None if cents is None else D(cents) / 100
        with suppress(Refused):  # what must hold is said by the invariant
            matching.match(
                self.payments[p].pk, self.statements[s].pk, company_id=self.firm.pk, by=FIRM, amount=amount
            )

    @rule(number=st.integers(0, 8))
    def part(self, number: int) -> None:
        found = list(Match.objects.filter(payment__company=self.firm, undone_at=None))
        if found:
            with suppress(Refused):  # what a declaration in force rests on stays
                matching.unmatch(found[number % len(found)].pk, company_id=self.firm.pk, by=FIRM, why="undo")

    @rule(p=st.integers(0, 2))
    def declare(self, p: int) -> None:
        with suppress(Refused):  # one version is in force already
            declared(self.payments[p])

    @rule(p=st.integers(0, 2))
    def give_back(self, p: int) -> None:
        row = BopDeclaration.objects.filter(payment=self.payments[p], state="submitted").first()
        if row is not None:
            returned(row)

    @invariant()
    def a_declaration_in_force_rests_on_the_matches_there_are(self) -> None:
        for row in BopDeclaration.objects.filter(payment__company=self.firm):
            assert row.actual == row.gross_in - row.gross_out
            if row.state == "submitted":
                live = Match.objects.filter(payment=row.payment_id, undone_at=None)
                assert row.gross_out == (live.aggregate(all=Sum("fees"))["all"] or 0)
        in_force = BopDeclaration.objects.filter(payment__company=self.firm, state="submitted")
        assert in_force.count() == in_force.values("payment").distinct().count()

    @invariant()
    def sums_are_those_of_the_matches(self) -> None:
        live = Match.objects.filter(payment__company=self.firm, undone_at=None)
        for payment in InwardPayment.objects.filter(company=self.firm):
            total = live.filter(payment=payment).aggregate(all=Sum("amount"))["all"] or 0
            assert total == payment.matched <= payment.amount
        for statement in PayoutStatement.objects.filter(company=self.firm):
            sums = live.filter(statement=statement).aggregate(all=Sum("amount"), fees=Sum("fees"))
            assert (sums["all"] or 0) == statement.paid <= statement.net
            assert (sums["fees"] or 0) == statement.fees_matched <= statement.fees
            assert (statement.state == "paid") == (statement.paid > 0 and statement.left <= D("0.05"))
            if statement.state == "paid" and statement.left == 0:
                assert statement.fees_matched == statement.fees


class TestMatching(TestCase):
    """Each run in a transaction of its own."""

    def test_any_order(self) -> None:
        from hypothesis.stateful import run_state_machine_as_test

        def fresh() -> Matching:
            return Matching()

        with transaction.atomic():
            run_state_machine_as_test(
                fresh, settings=settings(max_examples=8, stateful_step_count=14, deadline=None)
            )
            transaction.set_rollback(True)

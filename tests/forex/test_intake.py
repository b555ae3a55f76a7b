"""What banks push: once each, whatever is repeated."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Company
from forex import directory, intake
from forex.models import InwardPayment, OwnerSide
from forex.payment_rules import read, repeated
from submissions.models import Notice
from submissions.notices import text_of
from tests.accounts import factories as people
from tests.forex.factories import BANK, a_bank, a_payment, a_push
from trail.models import Entry

TODAY = date(2026, 11, 23)


def test_a_payment_is_taken_with_owner_and_clock(firm: Company) -> None:
    clerk = people.a_member(firm)
    payment = a_payment(firm)
    assert (payment.owner, payment.owner_side) == (clerk, OwnerSide.COMPANY)
    assert payment.due_on == date(2026, 10, 27)
    assert payment.account_tail == "1234"
    assert payment.account == "6200000000001234"
    assert b"6200000000001234" not in bytes(payment.sealed)
    assert Entry.objects.filter(action="inward_payment.push", object_id=payment.pk).count() == 1
    told = text_of(Notice.objects.get(company=firm))
    assert payment.declaration_no in told
    assert "2026-10-27" in told


def test_the_second_is_due_on_11_november(firm: Company) -> None:
    assert a_payment(firm, "499.14", received_on="2026-11-04").due_on == date(2026, 11, 11)


def test_the_same_again_is_the_same_payment(firm: Company) -> None:
    body = a_push(firm)
    first = intake.push(a_bank(), body, by=BANK)
    again = intake.push(a_bank(), {**body, "amount": "242.79 ", "payer": body["payer"] + " "}, by=BANK)
    assert (first.status, again.status) == ("taken", "repeated")
    assert first.payment == again.payment
    assert InwardPayment.objects.count() == 1
    assert Notice.objects.count() == 1


def test_another_payment_under_the_same_number_is_a_conflict(firm: Company) -> None:
    body = a_push(firm)
    intake.push(a_bank(), body, by=BANK)
    other = intake.push(a_bank(), {**body, "amount": "242.80"}, by=BANK)
    assert (other.status, other.payment) == ("conflict", None)
    assert InwardPayment.objects.get().amount == intake.read(body, "", TODAY)[0].amount  # type: ignore[union-attr]


def test_two_banks_may_give_the_same_number(firm: Company) -> None:
    body = a_push(firm)
    assert intake.push(a_bank(), body, by=BANK).status == "taken"
    assert intake.push(a_bank("bank2"), body, by=BANK).status == "taken"


def test_a_holder_the_portal_does_not_know_is_refused(firm: Company) -> None:
    taken = intake.push(a_bank(), a_push(firm, account_holder=people.valid_uscc(9999)), by=BANK)
    assert (taken.status, [one.code for one in taken.problems]) == ("refused", ["payment.holder_unknown"])


def test_a_firm_outside_the_directory_is_flagged(firm: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    assert a_payment(firm).in_directory is False
    monkeypatch.setattr(directory, "_lookup", lambda company, on: company == firm)
    assert a_payment(firm).in_directory is True


def test_everything_wrong_is_said_at_once() -> None:
    payment, problems = read({"amount": "0", "received_on": "20.10.2026"}, "/0", TODAY)
    assert payment is None
    paths = {one.path for one in problems}
    names = ("account_holder", "declaration_no", "currency", "payer_country", "account", "payer", "amount")
    assert paths == {f"/0/{name}" for name in (*names, "received_on")}


@pytest.mark.parametrize(
    "amount", ["0", "-1", "1.001", "NaN", "Infinity", "1e400", "1e99999999", "", None, 1.5, True]
)
def test_amounts_that_are_none(amount: object) -> None:
    _payment, problems = read({"amount": amount}, "", TODAY)
    assert "payment.amount" in {one.code for one in problems}


def test_a_payment_of_tomorrow_is_refused() -> None:
    _payment, problems = read({"received_on": "2026-11-24"}, "", TODAY)
    assert "payment.future" in {one.code for one in problems}


def test_a_number_twice_in_a_batch_is_named() -> None:
    assert [one.path for one in repeated(["A", "B", "A"], "/payments")] == ["/payments/2/declaration_no"]


@given(st.dictionaries(st.sampled_from(["amount", "received_on", "currency", "payer", "account"]), st.text()))
@settings(max_examples=60)
def test_no_text_breaks_the_reader(body: dict[str, str]) -> None:
    payment, problems = read(body, "", TODAY)
    assert payment is None
    assert problems

"""The arithmetic of payouts: the story's figures, and what holds for every figure."""

from __future__ import annotations

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forex.amounts import GrossUp, Share, Side, gross_up, in_cny, proposed, settled, share

CENTS = st.integers(1, 10**9).map(lambda cents: D(cents) / 100)


@pytest.mark.parametrize(
    ("figures", "gross"),
    [("242.79 267.75 48.00 47.36 25.60", "315.75"), ("499.14 560.40 72.00 94.86 38.40", "632.40")],
)
def test_the_two_payouts_of_october(figures: str, gross: str) -> None:
    net, goods, freight, commission, labels = map(D, figures.split())
    fees = commission + labels
    one = share(net, Side(net, D(0)), Side(fees, D(0)), D(0))
    assert gross_up(net, [one]) == GrossUp(net, D(gross), fees)
    assert net + fees == goods + freight == D(gross)


def test_october_in_all() -> None:
    first = gross_up(D("242.79"), [Share(D("242.79"), D("72.96"))])
    second = gross_up(D("499.14"), [Share(D("499.14"), D("133.26"))])
    assert first.actual + second.actual == D("741.93")
    assert first.gross_in + second.gross_in == D("948.15")
    assert first.gross_out + second.gross_out == D("206.22")
    cny = in_cny(first.actual, D("7.0400")), in_cny(second.actual, D("7.0300"))
    assert (*cny, sum(cny)) == (D("1709.24"), D("3508.95"), D("5218.19"))


def test_the_example_of_the_rule() -> None:
    """R4.02: 9,000 received for a sale of 10,000 less 1,000 is declared as 9,000, and 10,000 in, 1,000 out."""
    one = share(D(9000), Side(D(9000), D(0)), Side(D(1000), D(0)), D(0))
    assert gross_up(D(9000), [one]) == GrossUp(D(9000), D(10000), D(1000))


@given(net=CENTS, fees=CENTS, parts=st.lists(st.integers(1, 100), min_size=1, max_size=8))
def test_shares_of_a_paid_statement_add_up_to_its_fees(net: D, fees: D, parts: list[int]) -> None:
    paid = kept = D(0)
    for number, part in enumerate(parts):
        last = number == len(parts) - 1
        amount = net - paid if last else ((net - paid) * part / 200).quantize(D("0.01"))
        if amount <= 0:
            continue
        one = share(amount, Side(net, paid), Side(fees, kept), D(0))
        assert 0 <= one.fees <= fees - kept
        paid, kept = paid + one.amount, kept + one.fees
    assert (paid, kept) == (net, fees)


@given(whole=CENTS, matched=CENTS, tolerance=CENTS)
def test_settled_is_nothing_left_or_within_the_tolerance(whole: D, matched: D, tolerance: D) -> None:
    side = Side(whole, matched)
    assert settled(side, tolerance) == (whole - matched <= tolerance)
    assert not settled(Side(whole, D(0)), whole)  # what nothing matches is not settled by any tolerance


@given(one=CENTS, other=CENTS)
def test_what_is_proposed_exceeds_neither(one: D, other: D) -> None:
    assert proposed(Side(one, D(0)), Side(other, D(0))) == min(one, other)
    assert proposed(Side(one, one), Side(other, D(0))) == 0


@given(
    statements=st.lists(
        st.tuples(CENTS, st.integers(0, 10**7).map(lambda c: D(c) / 100)), min_size=1, max_size=4
    ),
    part=st.integers(1, 100),
)
def test_actual_is_gross_less_fees_whatever_was_matched(statements: list[tuple[D, D]], part: int) -> None:
    """actual = gross in − gross out, to the cent, for a payment of whole statements and a part of the last."""
    shares = [share(net, Side(net, D(0)), Side(fees, D(0)), D(0)) for net, fees in statements[:-1]]
    net, fees = statements[-1]
    amount = max((net * part / 100).quantize(D("0.01")), D("0.01"))
    shares.append(share(amount, Side(net, D(0)), Side(fees, D(0)), D(0)))
    actual = sum((one.amount for one in shares), D(0))
    found = gross_up(actual, shares)
    assert found.actual == found.gross_in - found.gross_out == actual
    assert 0 <= found.gross_out <= sum((fees for _net, fees in statements), D(0))
    if part == 100:
        assert found.gross_in == sum((net + fees for net, fees in statements), D(0))

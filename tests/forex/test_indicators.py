"""R4.07: the story's figures, the rule's example, and the bands."""

from __future__ import annotations

from decimal import Decimal as D

from hypothesis import given
from hypothesis import strategies as st

from forex.indicators import Bands, Indicators, Sums, indicators, outside

BANDS = Bands(D("0.5"), D("0.3"), D("0.25"))
AMOUNT = st.integers(0, 10**10).map(lambda cents: D(cents) / 100)


def test_october_as_received() -> None:
    found = indicators(Sums(D("828.15"), D(0), D("741.93"), D(0)), None)
    assert found == Indicators(D("-86.22"), D("-0.0549"), D("0.8959"), None)
    assert outside(found, BANDS) == frozenset()


def test_october_grossed_up() -> None:
    found = indicators(Sums(D("828.15"), D(0), D("948.15"), D(0)), None)
    assert found == Indicators(D("120.00"), D("0.0676"), D("1.1449"), None)


def test_the_example_of_the_rule() -> None:
    found = indicators(Sums(D(100), D(0), D(120), D(0)), D(66))
    assert found == Indicators(D(20), D("0.0909"), D("1.2000"), D("0.3000"))
    assert outside(found, BANDS) == {"credit_ratio"}


def test_nothing_divides_by_nothing() -> None:
    assert indicators(Sums(D(0), D(0), D(0), D(0)), D(5)) == Indicators(D(0), None, None, None)


@given(AMOUNT, AMOUNT, AMOUNT, AMOUNT)
def test_swapping_goods_in_with_money_in_changes_nothing_but_the_last(a: D, b: D, c: D, d: D) -> None:
    one, other = indicators(Sums(a, b, c, d), None), indicators(Sums(a, c, b, d), None)
    assert (one.difference, one.difference_ratio) == (other.difference, other.difference_ratio)
    assert one.difference_ratio is None or abs(one.difference_ratio) <= 1

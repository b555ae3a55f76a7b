"""What holds for every order."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal as D

from hypothesis import given
from hypothesis import strategies as st

from customs.import_tax.money import apportion, rounded
from customs.import_tax.rules import assess
from customs.import_tax.values import OrderLine, OrderValue
from reference.datafiles import parameter_rows
from reference.parameters import in_force

PARAMS = in_force(parameter_rows(), date(2026, 11, 23))
money = st.decimals(min_value=0, max_value=20000, places=2)
rates = st.sampled_from([D(0), D("0.09"), D("0.10"), D("0.13"), D("0.15"), D("0.20")])
lines = st.builds(
    OrderLine,
    hs=st.sampled_from(["1901101090", "2204210000"]),
    price=st.decimals(min_value=0, max_value=3000, places=5),
    quantity=st.integers(1, 20).map(D),
    vat_rate=rates,
    ct_rate=rates,
    tariff_rate=rates,
)
orders = st.builds(
    OrderValue,
    lines=st.lists(lines, min_size=1, max_size=8).map(tuple),
    freight=st.decimals(min_value=0, max_value=200, places=2),
    insurance=st.decimals(min_value=0, max_value=50, places=2),
)


@given(orders, money)
def test_totals_are_the_sums_of_lines_and_of_taxes(order: OrderValue, used: D) -> None:
    result = assess(order, {}, PARAMS, used)
    assert not result.problems
    assert result.dutiable_value == sum(line.dutiable_value for line in result.lines)
    value = sum(rounded(line.price * line.quantity, PARAMS) for line in order.lines)
    assert result.dutiable_value == value + order.freight + order.insurance
    if result.regime == "refused":
        assert result.total is None
        assert result.used_after == used
    else:
        assert result.total == result.tariff + result.consumption_tax + result.vat
        for name in ("tariff", "consumption_tax", "vat", "total"):
            assert getattr(result, name) == sum(getattr(line, name) for line in result.lines)
            assert getattr(result, name).as_tuple().exponent == -2
        assert result.used_after == used + result.dutiable_value


@given(st.decimals(min_value=0, max_value=500, places=2), st.lists(money, min_size=1, max_size=40))
def test_shares_add_up_are_never_negative_and_differ_from_exact_by_the_remainder(
    charges: D, values: list[D]
) -> None:
    shares = apportion(charges, values, PARAMS)
    assert sum(shares) == charges
    assert min(shares) >= 0
    largest = values.index(max(values))
    whole = sum(values)
    for index, (share, value) in enumerate(zip(shares, values, strict=True)):
        if whole and index != largest:
            assert abs(share - charges * value / whole) < D("0.01")


def test_the_remainder_goes_to_the_largest_line() -> None:
    assert apportion(D("10.00"), [D(100), D(100), D(100)], PARAMS) == [D("3.34"), D("3.33"), D("3.33")]
    assert apportion(D("1.00"), [D(1), D(4), D(1)], PARAMS) == [D("0.17"), D("0.66"), D("0.17")]
    assert apportion(D("0.02"), [D(1)] * 4, PARAMS) == [D("0.02"), D(0), D(0), D(0)]
    assert apportion(D("5.00"), [D(0), D(0)], PARAMS) == [D("5.00"), D(0)]
    assert apportion(D("5.00"), [], PARAMS) == []


@given(orders, st.randoms())
def test_the_order_of_lines_changes_nothing_but_where_the_remainder_falls(order: OrderValue, random) -> None:
    shuffled = list(order.lines)
    random.shuffle(shuffled)
    first = assess(order, {}, PARAMS)
    second = assess(replace(order, lines=tuple(shuffled)), {}, PARAMS)
    assert (first.regime, first.dutiable_value) == (second.regime, second.dutiable_value)
    without = replace(order, freight=D(0), insurance=D(0))
    plain = [assess(replace(without, lines=seq), {}, PARAMS).total for seq in (order.lines, tuple(shuffled))]
    assert plain[0] == plain[1]


@given(orders, st.decimals(min_value=0, max_value=500, places=2))
def test_dearer_is_never_taxed_less_within_one_regime(order: OrderValue, more: D) -> None:
    dearer = replace(order, lines=(replace(order.lines[0], price=order.lines[0].price + more),))
    cheaper = replace(order, lines=order.lines[:1])
    low, high = assess(cheaper, {}, PARAMS), assess(dearer, {}, PARAMS)
    if low.regime == high.regime != "refused":
        assert low.total <= high.total
        assert low.consumption_tax <= high.consumption_tax


@given(orders)
def test_full_tax_is_never_less_than_the_reduced_tax(order: OrderValue) -> None:
    one = replace(order, lines=(replace(order.lines[0], quantity=D(1)),))
    full = replace(PARAMS, single_limit=replace(PARAMS.single_limit, value=D(-1)))
    reduced = replace(PARAMS, single_limit=replace(PARAMS.single_limit, value=D(10**9)))
    assert assess(one, {}, full).regime == "full_tax"
    assert assess(one, {}, full).total >= assess(one, {}, reduced).total


@given(st.decimals(min_value=0, max_value=D("99999999999999.99999"), places=5))
def test_the_largest_amounts_of_a_message_are_computed_exactly(price: D) -> None:
    line = OrderLine("", price, D("99999999999999.99999"), vat_rate=D("0.13"), ct_rate=D("0.2"))
    result = assess(OrderValue((line,) * 99), {}, PARAMS)
    assert result.dutiable_value.as_tuple().exponent == -2


def test_half_up_at_the_tie() -> None:
    line = OrderLine("", D("15.00"), D(1), vat_rate=D("0.13"), ct_rate=D(0))
    assert assess(OrderValue((line,)), {}, PARAMS).total == D("1.37")
    half_even = replace(PARAMS, rounding=replace(PARAMS.rounding, value="half_even"))
    assert assess(OrderValue((line,)), {}, half_even).total == D("1.36")

"""Every fault of every cell, each with its fix."""

from __future__ import annotations

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from filing.goods import rules
from filing.goods.reader import Cell, Row
from tests.filing.goods.makers import TABLES, a_row


def codes(*rows: Row) -> list[tuple[str, str]]:
    """(field, code) of everything found."""
    return [(one.field, one.problem.code) for one in rules.check(rows, TABLES).findings]


def test_a_good_in_order_is_taken() -> None:
    checked = rules.check([a_row()], TABLES)
    assert checked.findings == []
    assert checked.goods[2].hs10 == "6301400000"
    assert checked.goods[2].trade_modes == ("9610", "9810")


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("unit", "18", "goods.code.zeros"),
        ("unit", "999", "goods.code.unknown"),
        ("hs10", "630140000", "goods.hs.length"),
        ("hs10", "6301.40000", "goods.hs.form"),
        ("hs10", "６３０１４０００００", "goods.hs.form"),
        ("item_no", "EX 01", "goods.item_no.form"),
        ("item_no", "X" * 21, "goods.cell.long"),
        ("factor1", "0", "goods.number.form"),
        ("factor1", "1e5", "goods.number.form"),
        ("factor1", "0.123456", "goods.number.places"),
        ("trade_modes", "9610 9999", "goods.mode.unknown"),
        ("origin", "CN", "goods.code.unknown"),
        ("unit1", "035", "goods.unit.statutory"),
        ("name_zh", "", "goods.cell.missing"),
        ("factor2", "", "goods.cell.alone"),
    ],
)
def test_each_fault_is_found_at_its_cell(field: str, value: str, code: str) -> None:
    found = codes(a_row(**{field: value}))
    assert code in [one for _field, one in found]
    assert not rules.check([a_row(**{field: value})], TABLES).goods


def test_everything_wrong_is_said_at_once() -> None:
    found = {field for field, _code in codes(a_row(unit="18", hs10="1", origin="", factor1="x"))}
    assert {"unit", "hs10", "origin", "factor1"} <= found


def test_the_second_row_of_an_item_number_is_the_wrong_one() -> None:
    checked = rules.check([a_row(2), a_row(3)], TABLES)
    assert list(checked.goods) == [2]
    assert [(one.row, one.problem.code) for one in checked.findings] == [(3, "goods.item_no.twice")]


def test_a_formula_is_never_worked_out() -> None:
    row = a_row()
    row.cells["name_zh"] = Cell("=1+1", 2, "formula")
    assert codes(row) == [("name_zh", "goods.cell.formula")]


def test_the_fix_names_the_code_that_was_meant() -> None:
    with translation.override("en"):
        (one,) = rules.check([a_row(unit="18")], TABLES).findings
        assert "018" in one.remedy
        assert one.cell == "F2"


def test_every_finding_has_a_fix_and_both_sentences_can_be_read() -> None:
    wrong = a_row(unit="18", hs10="1", origin="", factor1="x", trade_modes="1", item_no="a b")
    for language in ("en", "zh-hans"):
        with translation.override(language):
            assert all(one.text and one.remedy for one in rules.check([wrong], TABLES).findings)


@given(
    st.dictionaries(
        st.sampled_from(["item_no", "hs10", "unit", "factor1", "price", "trade_modes"]), st.text(max_size=30)
    )
)
def test_no_text_breaks_the_rules(changed: dict[str, str]) -> None:
    checked = rules.check([a_row(**changed)], TABLES)
    assert bool(checked.goods) != any(one.problem.level == "error" for one in checked.findings)

"""What a declaration must hold, and what only warns."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal as D

import pytest

from forex.bop_codes import codes
from forex.bop_rules import Declaration, Known, problems, unconfirmed

CODES = codes(date(2026, 10, 27))
GOOD = Declaration(
    code="121990",
    remark="跨境电商零售出口货款，轧差净额",
    nature="goods",
    currency="USD",
    actual=D("242.79"),
    gross_in=D("315.75"),
    gross_out=D("72.96"),
    settled=D("242.79"),
    held=D(0),
    other=D(0),
    bonded=False,
    declared_on=date(2026, 10, 27),
)
KNOWN = Known(
    amount=D("242.79"),
    received_on=date(2026, 10, 20),
    due_on=date(2026, 10, 27),
    gross_in=D("315.75"),
    gross_out=D("72.96"),
    has_statement=True,
    orders_in_statistics=8,
    orders=8,
    large_value=D(30_000_000),
)


def found(known: Known = KNOWN, **changed: object) -> dict[str, str]:
    """Code → level."""
    one = replace(GOOD, **changed)  # type: ignore[arg-type]
    return {problem.code: problem.level for problem in problems(one, known, CODES)}


def test_the_corrected_declaration_of_the_story_is_clean() -> None:
    assert found() == {}


def test_122030_for_what_customs_counts_warns_and_can_be_confirmed() -> None:
    one = replace(GOOD, code="122030", remark="未报关、未纳入海关统计+网络购物+毛毯+货款，轧差净额")
    said = problems(one, KNOWN, CODES)
    assert [(problem.code, problem.level) for problem in said] == [("bop.code_in_statistics", "warning")]
    assert "8" in said[0].text
    assert unconfirmed(said, []) == said
    assert unconfirmed(said, ["bop.code_in_statistics"]) == []


@pytest.mark.parametrize(
    ("changed", "code", "level"),
    [
        ({"code": "999999"}, "bop.code_unknown", "error"),
        ({"remark": ""}, "bop.remark", "error"),
        ({"remark": "轧差 121990 货款"}, "bop.remark_code", "error"),
        ({"remark": "跨境电商货款"}, "bop.remark_netted", "warning"),
        ({"nature": "refund"}, "bop.remark_refund", "warning"),
        ({"code": "122030"}, "bop.remark_shopping", "warning"),
        ({"actual": D("242.78")}, "bop.actual", "error"),
        ({"gross_in": D("315.76")}, "bop.gross", "error"),
        ({"gross_in": D("316.75"), "gross_out": D("73.96")}, "bop.gross_statement", "error"),
        ({"settled": D("100")}, "bop.parts", "error"),
        ({"settled": D("243.79"), "held": D("-1")}, "bop.parts", "error"),
        ({"declared_on": date(2026, 10, 19)}, "bop.date", "error"),
        ({"declared_on": date(2026, 10, 28)}, "bop.late", "warning"),
    ],
)
def test_each_rule_alone(changed: dict[str, object], code: str, level: str) -> None:
    assert found(**changed)[code] == level


def test_without_statement_and_above_the_large_value_it_warns() -> None:
    bare = replace(KNOWN, has_statement=False, orders=0, orders_in_statistics=0, large_value=D(100))
    assert found(bare) == {"bop.no_statement": "warning", "bop.large": "warning"}


def test_a_number_that_only_looks_like_a_code_is_none() -> None:
    assert "bop.remark_code" not in found(remark="轧差，订单 9121990001")


def test_an_error_cannot_be_confirmed() -> None:
    said = problems(replace(GOOD, code="999999"), KNOWN, CODES)
    assert unconfirmed(said, ["bop.code_unknown"]) == said


def test_every_row_of_the_table_says_how_sure_it_is() -> None:
    assert {row.standing for row in CODES.values()} == {"unverified"}
    assert all(row.in_statistics == row.code.startswith("121") for row in CODES.values())
    assert codes(date(2010, 1, 1)) == {}

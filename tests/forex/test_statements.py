"""Payout statements from files: read back, all faults at once, the same twice makes nothing twice."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal as D

import openpyxl
import pytest

from accounts.models import Company
from forex import sheets, statements
from forex.models import PayoutLine, PayoutStatement
from forex.statement_rules import Head, Row, read
from reference.problems import Refused
from tests.forex.factories import FIRM

HEAD = Head("Example Marketplace", "PO-1", date(2026, 10, 1), date(2026, 10, 15), "USD")
CSV = "订单编号,货款,运费,佣金,其他费用,退款\nEO-1,29.00,6.00,5.25,3.20,0\nEO-2,1.50,,,,\n"


def codes(problems: list) -> list[str]:
    return [one.code for one in problems]


def test_csv_in_both_encodings_and_xlsx_say_the_same() -> None:
    book = openpyxl.Workbook()
    for cells in (
        ["订单编号", "货款", "运费", "佣金", "其他费用", "退款"],
        ["EO-1", 29.0, 6, 5.25, 3.2, 0],
        ["EO-2", 1.5],
    ):
        book.worksheets[0].append(cells)
    xlsx = io.BytesIO()
    book.save(xlsx)
    found = [
        read(HEAD, sheets.rows(name, data))[0]
        for name, data in (
            ("a.csv", CSV.encode("utf-8-sig")),
            ("a.csv", CSV.encode("gb18030")),
            ("a.xlsx", xlsx.getvalue()),
        )
    ]
    assert {one.digest for one in found if one} == {found[0].digest}  # type: ignore[union-attr]
    assert found[2].net == D("28.05")  # type: ignore[union-attr]


def test_the_template_can_be_handed_in_as_it_is() -> None:
    statement, problems = read(HEAD, sheets.rows("t.xlsx", sheets.template()))
    assert problems == []
    assert statement is not None
    assert len(statement.lines) == 1


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.xlsx", b"PK\x03\x04 no workbook", "statement.file.broken"),
        ("a.csv", b"\xff\xfe\xff", "statement.file.encoding"),
        ("a.csv", b"a\0b", "statement.file.unknown"),
        ("a.csv", b"a,b\n1,2\n", "statement.heading.missing"),
        ("a.csv", b"", "statement.file.empty"),
        ("a.csv", b"x" * (sheets.MAX_BYTES + 1), "statement.file.too_large"),
    ],
)
def test_files_that_are_no_statement(name: str, data: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        sheets.rows(name, data)
    assert code in codes(list(refused.value.problems))


def test_a_formula_in_place_of_an_amount_is_told_at_its_cell() -> None:
    book = openpyxl.Workbook()
    for cells in (["order_no", "goods"], ["EO-1", "=1+1"], ["EO-2", 28.999999999999996]):
        book.worksheets[0].append(cells)
    xlsx = io.BytesIO()
    book.save(xlsx)
    with pytest.raises(Refused) as refused:
        sheets.rows("a.xlsx", xlsx.getvalue())
    assert [(one.code, one.path) for one in refused.value.problems] == [("statement.formula", "/row 2/goods")]


def test_more_rows_than_a_statement_has() -> None:
    most = 20_000
    lines = "\n".join(["order_no,goods", *(f"EO-{number},1.00" for number in range(most + 1))])
    with pytest.raises(Refused) as refused:
        sheets.rows("a.csv", lines.encode())
    assert codes(list(refused.value.problems)) == ["statement.file.rows"]


def test_everything_wrong_is_said_with_its_cell() -> None:
    rows = [
        Row("row 2", {"order_no": "EO-1", "goods": "x"}),
        Row("row 3", {"order_no": "", "goods": "1"}),
        Row("row 4", {"order_no": "EO-1", "goods": "-1"}),
        Row("row 5", {"order_no": "EO-5"}),
    ]
    head = Head("", " ", date(2026, 10, 2), date(2026, 10, 1), "usd")
    _statement, problems = read(head, rows)
    assert codes(problems) == [
        "statement.platform",
        "statement.number",
        "statement.period",
        "statement.currency",
        "statement.amount",
        "statement.order_no",
        "statement.amount",
        "statement.empty",
        "statement.twice",
        "statement.twice",
    ]
    assert problems[4].path == "/row 2/goods"


def test_a_net_that_differs_and_nothing_paid_out() -> None:
    rows = [Row("row 2", {"order_no": "EO-1", "goods": "10", "commission": "10"})]
    assert codes(read(HEAD, rows)[1]) == ["statement.nothing"]
    said = Head("M", "1", date(2026, 10, 1), date(2026, 10, 2), "USD", D("9.99"))
    rows = [Row("row 2", {"order_no": "EO-1", "goods": "10.00"})]
    assert codes(read(said, rows)[1]) == ["statement.net"]


def test_the_same_statement_twice_makes_nothing_twice(firm: Company) -> None:
    statement = read(HEAD, sheets.rows("a.csv", CSV.encode()))[0]
    assert statement is not None
    kept = [statements.hand_in(firm, statement, by=FIRM) for _ in range(2)]
    assert [one.created for one in kept] == [True, False]
    assert kept[0].statement.pk == kept[1].statement.pk
    assert (PayoutStatement.objects.count(), PayoutLine.objects.count()) == (1, 2)
    other = read(HEAD, sheets.rows("a.csv", CSV.replace("29.00", "30.00").encode()))[0]
    assert other is not None
    with pytest.raises(Refused) as refused:
        statements.hand_in(firm, other, by=FIRM)
    assert codes(list(refused.value.problems)) == ["statement.number_reused"]

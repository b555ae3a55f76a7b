"""Invoices by file: every fault of every row, all or nothing, and the same file twice is once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import Company
from reference import sheets
from reference.problems import Refused
from reference.sheets import Cell, Row
from tax.invoices.rules import LAYOUT, check
from tax.invoices.services import mark_from_file, template
from tax.models import PlatformRecord
from tax.selectors import sheet
from tests.tax.story import NOVEMBER, OCTOBER, Story, key
from tests.tax.test_pages import of
from tests.tax.test_story import F, declared
from trail.models import Entry

HEAD = ["清单编号", "Line", "发票号码*\nInvoice number", "Invoice date", "销售方统一社会信用代码"]
TODAY = date(2026, 11, 12)
NUMBER = "26127000000012345678"
GOOD = [key(12)[0], "1", NUMBER, "2026-10-19", "91120118DEM0000653"]


def of_rows(*rows: list[str]) -> bytes:
    return sheets.csv_bytes([HEAD, *rows])


def row(number: int, **texts: str) -> Row:
    values = dict(zip(("list_no", "gnum", "invoice_no", "invoice_date", "seller"), GOOD, strict=True)) | texts
    return Row(number, {code: Cell(text, at) for at, (code, text) in enumerate(values.items(), 1) if text})


def codes(*rows: Row, known: Mapping[tuple[str, int], str] | None = None) -> list[tuple[str, str]]:
    found = check(rows, {key(12): ""} if known is None else known, TODAY)[1]
    return [(one.path, one.code.removeprefix("invoices.")) for one in found]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ({"list_no": "123"}, [("A2", "list_no")]),
        ({"list_no": ""}, [("2", "list_no")]),
        ({"gnum": "0"}, [("B2", "line")]),
        ({"gnum": "１"}, [("B2", "line")]),
        ({"gnum": "2"}, [("A2", "unknown_line")]),
        ({"invoice_no": "1234567"}, [("C2", "number")]),
        ({"invoice_date": "2026-02-30"}, [("D2", "date")]),
        ({"invoice_date": "2026-11-13"}, [("D2", "future")]),
        ({"seller": "9112"}, [("E2", "seller")]),
        (
            {"list_no": "x", "gnum": "y", "invoice_no": "z", "invoice_date": "w", "seller": "v"},
            [("A2", "list_no"), ("B2", "line"), ("C2", "number"), ("D2", "date"), ("E2", "seller")],
        ),
        ({"invoice_no": "", "invoice_date": "", "seller": ""}, [("/", "none")]),
    ],
)
def test_everything_that_is_wrong_is_said_at_its_cell(
    texts: dict[str, str], expected: list[tuple[str, str]]
) -> None:
    assert codes(row(2, **texts)) == expected


def test_dates_as_people_and_as_spreadsheets_write_them() -> None:
    for text in ("2026-10-19", "2026/10/19", "20261019", "2026-10-19 00:00:00"):
        (one,), problems = check([row(2, invoice_date=text)], {key(12): ""}, TODAY)
        assert (one.day, problems) == (date(2026, 10, 19), [])


def test_a_line_stands_once_in_a_file() -> None:
    assert codes(row(2), row(3)) == [("B3", "twice")]


@pytest.mark.django_db
def test_a_file_is_taken_whole_or_not_at_all(exporter: Company, story: Story) -> None:
    bad = [key(11)[0], "1", "7", "2026-10-19", ""]
    with pytest.raises(Refused) as refused:
        mark_from_file(of_rows(GOOD, bad), name="i.csv", company=exporter, month=OCTOBER, by=F, today=TODAY)
    assert [(one.path, one.code) for one in refused.value.problems] == [("C3", "invoices.number")]
    assert PlatformRecord.objects.count() == 0
    for changed in (1, 0):
        came = mark_from_file(of_rows(GOOD), name="i.csv", company=exporter, month=OCTOBER, by=F, today=TODAY)
        assert (came.rows, came.changed) == (1, changed)
    kept = PlatformRecord.objects.get()
    assert kept.invoice == {"number": NUMBER, "date": "2026-10-19", "seller": GOOD[4]}
    assert Entry.objects.filter(action="exemption.invoices").count() == 1
    out = {one.candidate.key: one.main for one in sheet(exporter, OCTOBER).excluded}
    reason = out[key(12)]
    assert reason is not None
    assert reason.code == "invoice_held"
    assert NUMBER in reason.text


@pytest.mark.django_db
def test_a_line_under_comparison_or_of_another_month_is_not_marked(exporter: Company, story: Story) -> None:
    declared(exporter)
    for month, code in ((OCTOBER, "invoices.unknown_line"), (NOVEMBER, "invoices.unknown_line")):
        with pytest.raises(Refused) as refused:
            mark_from_file(of_rows(GOOD), name="i.csv", company=exporter, month=month, by=F, today=TODAY)
        assert [one.code for one in refused.value.problems] == [code]


@pytest.mark.django_db
def test_the_template_can_be_handed_in_again(exporter: Company, story: Story) -> None:
    data = template(exporter, OCTOBER)
    rows = sheets.read(data, sheets.format_of("t.xlsx", data, LAYOUT), LAYOUT)
    assert [(one.text("list_no"), int(one.text("gnum"))) for one in rows] == sorted(
        key(n) for n in range(1, 21)
    )
    with pytest.raises(Refused) as refused:
        mark_from_file(data, name="t.xlsx", company=exporter, month=OCTOBER, by=F, today=TODAY)
    assert [one.code for one in refused.value.problems] == ["invoices.none"]


@pytest.mark.django_db
def test_the_page_takes_the_file_and_tells_the_faults(exporter: Company, story: Story) -> None:
    client: Client = of(exporter)
    url = reverse("exemption_invoice_file")
    assert client.get(url, {"month": "2026-10"}).status_code == 200
    bad = SimpleUploadedFile("i.csv", of_rows([*GOOD[:2], "7", *GOOD[3:]]))
    answer = client.post(url, {"month": "2026-10", "document": bad})
    assert answer.status_code == 422
    assert "C2" in answer.content.decode()
    assert client.post(url, {"month": "2026-10"}).status_code == 422
    good = SimpleUploadedFile("i.csv", of_rows(GOOD))
    assert client.post(url, {"month": "2026-10", "document": good}).status_code == 302
    assert PlatformRecord.objects.get().invoice_held
    made = client.get(reverse("exemption_invoice_template"), {"month": "2026-10"})
    assert made.content.startswith(b"PK")
    assert of(exporter, "viewer").get(url, {"month": "2026-10"}).status_code == 403


@pytest.mark.django_db
def test_the_demonstrations_file_marks_its_line_once(exporter: Company, story: Story) -> None:
    from tax import demo

    assert [demo.mark(exporter, by=F) for _ in range(2)] == [1, 0]
    demo.complete(exporter, by=F)
    assert demo.declare_october(exporter, by=F, user=None).line_count == 14

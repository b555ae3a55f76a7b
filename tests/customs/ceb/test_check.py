"""What the checker says, where it points, and how the severities move."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils import translation

from customs.ceb import SPEC, SPEC_CODES, STRICTER_CODES, check
from customs.ceb.codes import SCHEMA_CODES, TEXTS
from tests.customs.ceb.samples import full_bytes


def found(data: bytes, **options: bool) -> list[tuple[str, str, str]]:
    return [(p.level, p.code, p.path) for p in check(data, **options).problems]


def test_every_problem_is_reported_with_its_path() -> None:
    data = full_bytes("CEB311", documents=2, lines=2)
    data = data.replace(b"<ceb:appTime>20240229235959", b"<ceb:appTime>20230229235959", 1)
    data = data.replace(b"<ceb:orderNo>A<", b"<ceb:orderNo>" + b"A" * 61 + b"<", 1)
    data = data.replace(b"<ceb:qty>1</ceb:qty>", b"", 1)
    data = data.replace(b"<ceb:copCode>A</ceb:copCode>", b"<ceb:copCode/>")

    assert found(data) == [
        ("error", "ceb.time.form", "/CEB311Message/Order[1]/OrderHead/appTime"),
        ("error", "ceb.length", "/CEB311Message/Order[1]/OrderHead/orderNo"),
        ("error", "ceb.element.missing", "/CEB311Message/Order[1]/OrderList[1]/qty"),
        ("error", "ceb.value.empty", "/CEB311Message/BaseTransfer/copCode"),
    ]


def test_one_misplaced_element_is_one_problem() -> None:
    data = full_bytes("CEB311")
    moved = data.replace(b"<ceb:buyerName>A</ceb:buyerName>", b"")
    moved = moved.replace(b"<ceb:OrderHead>", b"<ceb:OrderHead><ceb:buyerName>A</ceb:buyerName>")

    assert found(moved) == [("error", "ceb.element.order", "/CEB311Message/Order[1]/OrderHead/buyerName")]


def test_doubled_foreign_and_unqualified_elements() -> None:
    data = full_bytes("CEB411")
    data = data.replace(
        b"<ceb:note>A</ceb:note></ceb:PaymentHead>",
        b"<ceb:note>A</ceb:note><ceb:note>B</ceb:note><note/><x xmlns='urn:x'/></ceb:PaymentHead>",
    )
    head = "/CEB411Message/Payment[1]/PaymentHead"

    assert found(data) == [
        ("error", "ceb.namespace", f"{head}/note"),
        ("error", "ceb.element.unknown", f"{head}/{{urn:x}}x"),
        ("error", "ceb.element.count", f"{head}/note[2]"),
    ]


def test_attributes_and_stray_text() -> None:
    data = full_bytes("CEB411").replace(b"<ceb:note>", b'<ceb:note lang="zh">', 1)
    data = data.replace(b"<ceb:PaymentHead>", b"<ceb:PaymentHead>text", 1)

    assert sorted(found(data)) == [
        ("error", "ceb.attribute.unknown", "/CEB411Message/Payment[1]/PaymentHead/note/@lang"),
        ("error", "ceb.text.stray", "/CEB411Message/Payment[1]/PaymentHead"),
    ]


def test_the_text_alone_demands_only_warn_until_strict() -> None:
    data = full_bytes("CEB303").replace(b"<ceb:ebpName>A<", b"<ceb:ebpName><")

    assert found(data) == [("warning", "ceb.spec.mandatory", "/CEB303Message/Order[1]/OrderHead/ebpName")]
    assert check(data).accepted
    assert not check(data, strict=True).accepted


@pytest.mark.parametrize(
    ("name", "old", "new", "code"),
    [
        ("CEB621", "<ceb:preNo>" + "A" * 18, "<ceb:preNo>AAAA", "ceb.spec.length"),
        ("CEB311", "<ceb:gnum>1<", "<ceb:gnum>10000<", "ceb.spec.digits"),
        ("CEB311", "<ceb:appType>1<", "<ceb:appType>9<", "ceb.spec.value"),
        ("CEB311", "4CDE1CFD", "4cde1cfd", "ceb.spec.guid"),
        ("CEB311", "<ceb:orderNo>A<", "<ceb:orderNo>A <", "ceb.spec.space"),
        ("CEB511", "<ceb:freight>1</ceb:freight>", "", "ceb.spec.mandatory"),
    ],
)
def test_warnings(name: str, old: str, new: str, code: str) -> None:
    data = full_bytes(name)
    assert old.encode() in data
    report = check(data.replace(old.encode(), new.encode()))

    assert report.accepted
    assert {p.code for p in report.problems} == {code}


def test_codes_are_looked_up_only_when_tables_are_given() -> None:
    data = full_bytes("CEB311").replace(b"<ceb:unit>AAA<", b"<ceb:unit>999<")
    tables = {"unit": frozenset({"007"}), "currency": frozenset({"142"})}

    assert check(data).problems == ()
    (problem,) = check(data, codes=tables).problems
    assert (problem.level, problem.code) == ("warning", "ceb.table.unknown")
    assert problem.path == "/CEB311Message/Order[1]/OrderList[1]/unit"
    assert check(data.replace(b">999<", b">007<"), codes=tables).problems == ()
    assert not check(data, codes=tables, strict=True).accepted


def test_the_known_tables_are_the_ones_promised() -> None:
    used = {f.table for s in SPEC.values() for b in (s.head, s.lines) if b for f in b.fields} - {""}

    assert used == {"country", "currency", "unit", "customs_office", "traf_mode", "trade_mode", "wrap_type"}


def test_a_known_message_in_no_namespace_is_told_so() -> None:
    report = check(b"<CEB311Message/>")

    assert [p.code for p in report.problems] == ["ceb.namespace"]
    assert (report.message, report.documents) == (None, 0)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_all_texts_format_with_what_they_name(language: str) -> None:
    class Anything(dict[str, str]):
        def __missing__(self, key: str) -> str:
            return "…"

    with translation.override(language):
        for text in TEXTS.values():
            assert translation.gettext(text).format_map(Anything())


def test_the_stricter_list_is_documented() -> None:
    page = (Path(__file__).parents[3] / "docs/ceb.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| `ceb.")]
    documented = {code for row in rows for code in re.findall(r"`(ceb\.[a-z.]+)`", row.split("|")[1])}

    assert documented == STRICTER_CODES | SPEC_CODES


def test_the_three_kinds_of_codes_do_not_overlap() -> None:
    assert len(SCHEMA_CODES) + len(STRICTER_CODES) + len(SPEC_CODES) == len(TEXTS)

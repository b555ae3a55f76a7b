"""What the demonstration's firms and the portal put on the wire for one parcel, byte for byte, against golden files.

GOLDEN=write make test ARGS=tests/customs/export/test_golden.py      # after a change that was meant
"""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import translation

from agencies.documents import read as read_at_agency
from customs.ceb import check, write
from customs.demo.wire import message_of
from customs.export.findings import Case, compare
from customs.gateway.messages import Opinion, OpinionIntegrity, opinion_list, write_opinion
from tests.customs.export import parcels

GOLDEN = Path(__file__).parent.parent / "golden" / "export"
TYPES = ("CEB303", "CEB403", "CEB505", "CEB603", "CEB507", "CEB607", "CEB509")


def held_to(name: str, made: bytes) -> None:
    """The bytes are those of the golden file."""
    file = GOLDEN / name
    if os.environ.get("GOLDEN") == "write":
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(made)
    assert made == file.read_bytes()


@pytest.mark.parametrize("type_", TYPES)
def test_a_message_is_its_golden_file(type_: str) -> None:
    """Unsigned: the demonstration's key differs from machine to machine."""
    document = parcels.documents()[type_]
    made = write(message_of(type_, [document], sender=parcels.sender(type_, "F")))
    held_to(f"{type_}.xml", made)
    wrong = [problem.code for problem in check(made).problems if problem.level == "error"]
    assert [code for code in wrong if "signature" not in code] == []


@pytest.mark.parametrize("type_", TYPES)
def test_the_agencies_read_what_the_golden_file_says(type_: str) -> None:
    _kind, (found,) = read_at_agency((GOLDEN / f"{type_}.xml").read_bytes())
    document = parcels.documents()[type_]
    assert dict(found.fields) == dict(document.head)
    assert [dict(line) for line in found.lines] == document.lines


def test_the_opinion_on_an_export_list_is_its_golden_file() -> None:
    common = {"order_no": "EM20261010E01", "checks": [], "state": "loaded", "gross_weight": Decimal("2.55")}
    line = {"gnum": 1, "qty": Decimal(2), "unit": "015", "price": Decimal("14.5"), "total_price": Decimal(29),
            "currency": "502", "gcode": "6301000000"}  # fmt: skip
    case = Case(
        list=common | {"statistics_flag": "A", "license_no": "", "ebc_name": "F", "logistics_no": "W"},
        lines=[line],
        order=common | {"return_code": ""},
        order_lines=[line | {"qty": Decimal(3)}],
        waybill=common | {"return_code": "", "gross_weight": Decimal("2.50")},
        in_pilot_zone=False,
    )
    with translation.override("zh-hans"):  # customs' language
        findings = [problem.as_dict() for problem in compare(case)]
    one = opinion_list(
        index=1,
        cop_no="GE2026101001",
        order_no="EM20261010E01",
        standing="faulted",
        findings=findings,
        tax=None,
        integrity=OpinionIntegrity("regular", Decimal("97.0"), "v1"),
    )
    held_to("opinion.json", write_opinion(Opinion("GUID", "CEB603", "TJ26-0000-0001-8", [one])))

"""The tax authority of the stub: equal by default, one line differs when the scenario asks."""

from __future__ import annotations

import json
from typing import Any, cast

from agencies import tax
from agencies.offices import Case, body_of
from agencies.store import Store

NONE = cast(Store, None)  # no decision of this office looks at it
LINES = [
    {"kind": "exempt", "list_no": "02132026E000000001", "gnum": 1, "amount": "29.00"},
    {"kind": "reversal", "list_no": "02132026E000000002", "gnum": 1, "amount": "-1.00"},
]


def case(remark: str = "", **share: Any) -> Case:
    return Case("tax", "TJ26-1", tax.KIND, "TAX1", {"remark": remark, "lines": LINES} | share)


def told(remark: str) -> list[dict[str, Any]]:
    found = case(remark)
    return [json.loads(body_of(found, one)) for one in tax.decide(found, NONE)]


def test_the_lines_agree() -> None:
    (message,) = told("")
    assert (message["type"], message["reference"], message["number"]) == ("comparison", "TJ26-1", "TAX1")
    assert message["differences"] == []


def test_one_line_differs() -> None:
    (message,) = told("scenario=difference")
    assert message["differences"] == [{"list_no": "02132026E000000001", "gnum": 1, "amount": "30.00"}]


def test_it_may_say_what_any_office_says() -> None:
    assert [(one["type"], one["verdict"]) for one in told("scenario=refuse")] == [("decision", "refused")]
    assert told("scenario=silence") == []
    assert [one["type"] for one in told("scenario=twice")] == ["comparison", "comparison"]

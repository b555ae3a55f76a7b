"""The handling bank of the stub: passes declarations on, returns what its own rule is against."""

from __future__ import annotations

from typing import Any, cast

import pytest

from agencies import bank
from agencies.offices import Case, Decision
from agencies.store import Store

NONE = cast(Store, None)  # no decision of this office looks at it


def said(**share: Any) -> list[Decision]:
    case = Case("bank", "TJ26-1", bank.KIND, "BAN20261120000000001", {"code": "121990"} | share)
    return bank.decide(case, NONE)


def test_what_is_in_order_goes_to_safe_under_a_number() -> None:
    (decision,) = said()
    assert decision.verdict == "accepted"
    assert "SAFE-20261120000000001" in decision.words_en
    assert "SAFE-20261120000000001" in decision.words_zh


def test_a_code_for_goods_outside_customs_statistics_is_returned_for_declared_goods() -> None:
    (decision,) = said(code="122030", orders_in_customs_statistics=True)
    assert decision.verdict == "refused"
    assert "122030" in decision.words_zh


def test_the_same_code_is_right_for_what_customs_does_not_count() -> None:
    assert said(code="122030", orders_in_customs_statistics=False)[0].verdict == "accepted"


@pytest.mark.parametrize(("scenario", "verdicts"), [("silence", []), ("ask", ["information"])])
def test_the_common_scenarios_hold_here_too(scenario: str, verdicts: list[str]) -> None:
    assert [one.verdict for one in said(remark=f"scenario={scenario}")] == verdicts

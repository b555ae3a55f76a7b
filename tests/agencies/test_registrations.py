"""The parties of a registration: what each of them alone looks at."""

from __future__ import annotations

from typing import Any, cast

import pytest

from agencies import registrations
from agencies.offices import Case, Decision
from agencies.store import Store
from customs.demo.cast import COMPANIES
from filing.enterprise.demo import ANSWERS

NONE = cast(Store, None)  # no decision of these offices looks at it
RIGHT = {field: ANSWERS[field] for field in ("uscc", *registrations.COMPARED)}


def case(agency: str, form: dict[str, Any], answer: dict[str, Any] | None = None) -> Case:
    answered = None if answer is None else {"form": answer}
    return Case(agency, "TJ26-1", registrations.KIND, "N1", {"form": form}, answered)


def market(form: dict[str, Any], answer: dict[str, Any] | None = None) -> Decision:
    (found,) = registrations.market(case("market", form, answer), NONE)
    return found


def test_the_register_holds_the_demonstration_s_firms_under_their_names() -> None:
    held = {code: row["name"] for code, row in registrations.licences().items()}
    assert held == {firm.uscc: firm.name for firm in COMPANIES.values()}


@pytest.mark.parametrize("capital", ["5000000", "5000000.00"])
def test_data_as_registered_are_confirmed(capital: str) -> None:
    assert market(RIGHT | {"capital": capital}).verdict == "accepted"


def test_every_difference_is_asked_about_at_once() -> None:
    asked = market(RIGHT | {"legal_representative": "李示例", "capital": "5000001"})
    assert asked.verdict == "information"
    assert [one["path"] for one in asked.problems] == ["/legal_representative", "/capital"]


def test_mended_it_is_confirmed_and_not_mended_it_is_not() -> None:
    wrong = RIGHT | {"established": "2020-03-03"}
    assert market(wrong, {"established": "2020-03-02"}).verdict == "accepted"
    assert market(wrong, {"established": "2020-03-04"}).verdict == "refused"


def test_a_firm_the_register_does_not_know_is_confirmed_as_given() -> None:
    assert market({"uscc": "91110000600037341L", "name": "任意"}).verdict == "accepted"


def test_a_scenario_comes_first() -> None:
    assert market(RIGHT | {"scope": "scenario=refuse"}).words_en == "Refused, as the scenario asks."


def test_the_bank_asks_about_an_account_elsewhere_and_then_goes_on() -> None:
    elsewhere = {"account_bank": "他行天津分行"}
    (asked,) = registrations.bank(case("bank", elsewhere), NONE)
    assert (asked.verdict, asked.problems[0]["path"]) == ("information", "/account_bank")
    (done,) = registrations.bank(case("bank", elsewhere, {"account_bank": "示例银行天津分行"}), NONE)
    assert done.verdict == "accepted"
    (at_once,) = registrations.bank(case("bank", {"account_bank": ANSWERS["account_bank"]}), NONE)
    assert at_once.verdict == "accepted"


def test_customs_asks_for_the_name_of_the_account_once() -> None:
    (asked,) = registrations.customs(case("customs", {"entity_type": "trader"}), NONE)
    assert asked.verdict == "information"
    (done,) = registrations.customs(case("customs", {}, {"account_name": "津沽户外"}), NONE)
    assert done.verdict == "accepted"

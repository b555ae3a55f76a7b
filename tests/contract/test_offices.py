"""The gateway of an office against the stub as it runs in production, a process of its own on loopback."""

from __future__ import annotations

import json
from typing import Any

import pytest

from submissions.gateways import Accepted, Later, Misconfigured, RefusedByAgency
from submissions.http_gateway import HttpGateway
from tests.contract.promises import key
from tests.contract.test_gateway import addresses, stub  # noqa: F401 - fixtures

CASE = json.dumps({"reference": "TJ26-0000-0001-8", "kind": "x", "form": {}}).encode()


@pytest.fixture
def office(addresses: None) -> HttpGateway:  # noqa: F811
    return HttpGateway("tax", "/cases")


def test_a_case_is_taken_under_a_number(office: HttpGateway) -> None:
    answer = office.deliver(key(), CASE, "application/json")
    assert isinstance(answer, Accepted)
    assert answer.number.startswith("TAX")


def test_the_same_key_has_the_same_answer_and_can_be_asked_for(office: HttpGateway) -> None:
    dispatch = key()
    first = office.deliver(dispatch, CASE, "application/json")
    assert office.deliver(dispatch, CASE, "application/json") == first
    asked = office.ask(dispatch)
    assert isinstance(first, Accepted)
    assert isinstance(asked, Accepted)
    assert asked.number == first.number
    assert office.ask(key()) is None


def with_scenario(name: str) -> bytes:
    return json.dumps(
        {"reference": f"TJ26-{name}", "kind": "x", "form": {"note": f"scenario={name}"}}
    ).encode()


def test_what_is_refused_at_the_door_is_refused_with_everything(office: HttpGateway) -> None:
    answer = office.deliver(key(), with_scenario("problems"), "application/json")
    assert isinstance(answer, RefusedByAgency)
    assert len(answer.problems) == 2


def test_an_office_may_ask_to_come_later(office: HttpGateway) -> None:
    dispatch = key()
    assert isinstance(office.deliver(dispatch, with_scenario("later"), "application/json"), Later)
    assert isinstance(office.deliver(dispatch, with_scenario("later"), "application/json"), Accepted)


@pytest.mark.parametrize("body", [b"[]", b"nonsense", b'{"kind": "x"}'])
def test_a_case_without_a_reference_is_refused(office: HttpGateway, body: bytes) -> None:
    assert isinstance(office.deliver(key(), body, "application/json"), RefusedByAgency)


def test_each_office_has_a_secret_of_its_own(office: HttpGateway, settings: Any) -> None:
    settings.AGENCY_SECRETS = settings.AGENCY_SECRETS | {"bank": settings.AGENCY_SECRETS["tax"]}
    answer = HttpGateway("bank", "/cases").deliver(key(), CASE, "application/json")
    assert isinstance(answer, Misconfigured)


def test_customs_declaration_system_is_another_door_than_the_e_port(addresses: None) -> None:  # noqa: F811
    door = HttpGateway("customs", "/customs/cases")
    dispatch, body = (
        key(),
        json.dumps({"reference": "TJ26-b2b", "kind": "b2b-declaration", "form": {}}).encode(),
    )
    answer = door.deliver(dispatch, body, "application/json")
    assert isinstance(answer, Accepted)
    assert door.deliver(dispatch, body, "application/json") == answer
    assert isinstance(door.ask(dispatch), Accepted)

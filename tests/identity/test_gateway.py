"""The gateway against the running stub: both bases, every scenario, nothing of a person in an address."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from identity import gateway
from identity.library import Pair
from identity.rules import LOCAL, NATIONAL
from submissions import http_gateway
from submissions.gateways import Later, Malformed, Misconfigured, Unknown, Unreachable
from tests.agencies.world import SECRET, Service, inbox_on_loopback, settings_for


@pytest.fixture
def stub(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The stub behind both gateways; the addresses that were called."""
    called: list[str] = []
    settings.AGENCY_SECRETS = dict.fromkeys((LOCAL, NATIONAL), SECRET.decode())
    settings.AGENCY_URLS = dict.fromkeys((LOCAL, NATIONAL), "http://agencies")
    with inbox_on_loopback() as inbox:
        service = Service(settings_for(inbox, tmp_path))

        def carry(request: httpx.Request) -> httpx.Response:
            called.append(str(request.url))
            found = service.call("POST", request.url.path, request.content, dict(request.headers))
            return httpx.Response(found.status_code, headers=found.headers, content=found.content)

        client = httpx.Client(base_url="http://agencies", transport=httpx.MockTransport(carry))
        monkeypatch.setattr(http_gateway, "_client", lambda *_: client)
        yield called
        service.stop()


@pytest.mark.parametrize(
    ("agency", "name", "number", "outcome"),
    [
        (LOCAL, "赵示例", "120199199003150246", "match"),
        (LOCAL, "钱示例", "120199198511020371", "not_in_base"),
        (NATIONAL, "钱示例", "120199198511020371", "match"),
        (NATIONAL, "李示例", "310199198802290262", "match"),
        (NATIONAL, "周示例", "44019919951231045X", "match"),
        (NATIONAL, "钱示例", "310199198802290262", "mismatch"),
        (NATIONAL, "谁示例", "110199198802290262", "match"),
        (NATIONAL, "谁", "110199198802290262", "not_in_base"),
        (LOCAL, "scenario=local-missing", "120199199003150246", "not_in_base"),
    ],
)
def test_verdicts(stub: list[str], agency: str, name: str, number: str, outcome: str) -> None:
    assert gateway.ask(agency, Pair(name, number)) == outcome


@pytest.mark.parametrize("agency", [LOCAL, NATIONAL])
@pytest.mark.parametrize(
    ("scenario", "kind"),
    [("unavailable", Later), ("error", Unknown), ("misconfigured", Misconfigured), ("malformed", Malformed)],
)
def test_failures(stub: list[str], agency: str, scenario: str, kind: type) -> None:
    assert isinstance(gateway.ask(agency, Pair(f"scenario={scenario}", "120199199003150246")), kind)


def test_nothing_of_a_person_is_in_an_address_or_a_log(
    stub: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        gateway.ask(LOCAL, Pair("赵示例", "120199199003150246"))
    assert stub == ["http://agencies/police/local/checks"]
    assert "120199199003150246" not in caplog.text


def test_a_wrong_secret_is_a_matter_for_people(stub: list[str], settings: Any) -> None:
    settings.AGENCY_SECRETS = {LOCAL: "another"}
    assert isinstance(gateway.ask(LOCAL, Pair("赵示例", "120199199003150246")), Misconfigured)


def test_a_base_that_hangs_is_waited_for_no_longer_than_its_patience(settings: Any) -> None:
    settings.IDENTITY_TIMEOUT_SECONDS = 0.05
    settings.AGENCY_SECRETS = {LOCAL: "x"}
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.AGENCY_URLS = {LOCAL: f"http://127.0.0.1:{silent.getsockname()[1]}"}
        assert isinstance(gateway.ask(LOCAL, Pair("赵示例", "120199199003150246")), Unknown)
    assert isinstance(gateway.ask(LOCAL, Pair("赵示例", "120199199003150246")), Unreachable)

"""The E-port's gateway against the stub service as it runs in production: a process of its own on
loopback.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest

from customs.gateway.client import EportGateway
from submissions.gateways import Accepted, Malformed, RefusedByAgency, Unknown
from tests.contract.promises import GatewayPromises, Wire, key

SECRET = "a secret of the contract tests"
BASE = Path(__file__).resolve().parents[2]
STARTS_WITHIN = 20.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def stub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Base address of the running stub; its replies go to a port where nobody listens."""
    port = free_port()
    environment = os.environ | {
        "AGENCIES_SECRET": SECRET,
        "AGENCIES_OFFICES_SECRET": SECRET,
        "AGENCIES_PORT": str(port),
        "AGENCIES_STORE": str(tmp_path_factory.mktemp("agencies") / "store.sqlite3"),
        "AGENCIES_DELAY": "0.05",
        "PORTAL_INBOX": f"http://127.0.0.1:{free_port()}/api/v1/inbox/customs",
    }
    process = subprocess.Popen([sys.executable, "-m", "agencies"], cwd=BASE, env=environment)
    base = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{base}/healthz", process)
        yield base
    finally:
        process.terminate()
        process.wait(timeout=10)


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(url, trust_env=False).is_success:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    pytest.fail("the stub did not start")


def order(scenario: str) -> bytes:
    """An order message of one order whose note asks for the scenario."""
    guid, number = str(uuid.uuid4()).upper(), uuid.uuid4().hex
    return (
        f'<ceb:CEB311Message xmlns:ceb="http://www.chinaport.gov.cn/ceb" guid="{guid}" version="1.0">'
        f"<ceb:Order><ceb:OrderHead><ceb:guid>{guid}</ceb:guid><ceb:appType>1</ceb:appType>"
        f"<ceb:orderNo>{number}</ceb:orderNo>"
        "<ceb:ebpCode>120726DE01</ceb:ebpCode><ceb:ebcCode>120746DE02</ceb:ebcCode>"
        f"<ceb:note>scenario={scenario}</ceb:note></ceb:OrderHead></ceb:Order></ceb:CEB311Message>"
    ).encode()


def _derived(code: str) -> str:
    """An office's secret, as the portal's settings derive it."""
    return hmac.new(SECRET.encode(), code.encode(), hashlib.sha256).hexdigest()


@pytest.fixture
def addresses(settings: Any, stub: str) -> None:
    settings.AGENCY_URLS = {
        "customs": stub,
        "strange": stub,
        "tax": f"{stub}/tax",
        "bank": f"{stub}/bank",
        "nobody": f"http://127.0.0.1:{free_port()}",
    }
    settings.AGENCY_SECRETS = {"customs": SECRET, "strange": "another secret", "nobody": SECRET}
    settings.AGENCY_SECRETS |= {code: _derived(code) for code in ("tax", "bank")}
    settings.AGENCY_TIMEOUT_SECONDS = 1.0


@pytest.mark.usefixtures("addresses")
class TestEportGateway(GatewayPromises):
    """The promises, kept by the gateway for messages."""

    @pytest.fixture
    def wire(self) -> Wire:
        path = "/ceb/messages"
        return Wire(
            gateway=EportGateway(path),
            body=order,
            content_type="application/xml",
            nobody=EportGateway(path, agency="nobody"),
            stranger=EportGateway(path, agency="strange"),
        )


@pytest.mark.usefixtures("addresses")
class TestOpinions:
    """The second endpoint of the same agency."""

    def test_an_opinion_is_taken_and_found_again(self) -> None:
        gateway, dispatch = EportGateway("/opinions"), key()
        answer = gateway.deliver(dispatch, b'{"lists": []}', "application/json")
        assert isinstance(answer, Accepted)
        assert answer.number.startswith("OP")
        asked = gateway.ask(dispatch)
        assert isinstance(asked, Accepted)
        assert asked.number == answer.number

    def test_what_is_no_opinion_is_refused(self) -> None:
        answer = EportGateway("/opinions").deliver(key(), b"[]", "application/json")
        assert isinstance(answer, RefusedByAgency)


class _Odd(BaseHTTPRequestHandler):
    """Answers no stub gives: chosen by the path."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/hangs-up":
            self.close_connection = True
            return
        body = {"/endless": b"x" * (2 * 1024 * 1024), "/lies": b'{"accepted": false}'}.get(self.path, b"")
        self.send_response(302 if self.path == "/moved" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Location", "http://127.0.0.1:1/")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def odd(settings: Any) -> Iterator[None]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Odd)
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    settings.AGENCY_URLS = {"customs": f"http://127.0.0.1:{server.server_port}"}
    settings.AGENCY_SECRETS = {"customs": SECRET}
    settings.AGENCY_TIMEOUT_SECONDS = 1.0
    yield
    server.shutdown()
    server.server_close()


@pytest.mark.usefixtures("odd")
@pytest.mark.parametrize(
    ("path", "kind"),
    [("/hangs-up", Unknown), ("/endless", Malformed), ("/lies", Malformed), ("/empty", Malformed)],
)
def test_an_odd_answer_has_a_name(path: str, kind: type) -> None:
    assert isinstance(EportGateway(path).deliver(key(), b"<x/>", "application/xml"), kind)


@pytest.mark.usefixtures("odd")
def test_a_redirect_is_not_followed() -> None:
    from submissions.gateways import Misconfigured

    answer = EportGateway("/moved").deliver(key(), b"<x/>", "application/xml")
    assert isinstance(answer, Misconfigured)
    assert answer.status == 302

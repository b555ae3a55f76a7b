"""The service running in a loop of its own, and an inbox on loopback that plays the portal."""

import asyncio
import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
from lxml import etree

from agencies.app import create_app
from agencies.settings import Settings
from agencies.signing import signed_headers

SECRET = b"a secret of the tests"
DELAY = 0.02


@dataclass
class Inbox:
    """Records what arrives; `status` says what is answered (a number, or a function of the arrival)."""

    status: int | Callable[[dict[str, Any]], int] = 200
    arrived: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""

    def take(self, headers: dict[str, str], body: bytes) -> int:
        arrival = {"id": headers["message-id"], "headers": headers, "body": body, "at": time.time()}
        status = self.status(arrival) if callable(self.status) else self.status
        self.arrived.append(arrival | {"status": status})
        return status

    @property
    def taken(self) -> list[dict[str, Any]]:
        return [arrival for arrival in self.arrived if arrival["status"] == 200]

    def returns(self) -> list[dict[str, str]]:
        """Every document return in the order of arrival."""
        return [found for arrival in self.taken for found in returns_of(arrival["body"])]

    def statuses(self, number: str) -> list[str]:
        return [found["returnStatus"] for found in self.returns() if number in found.values()]


def returns_of(body: bytes) -> list[dict[str, str]]:
    return [
        {etree.QName(child).localname: child.text or "" for child in entity}
        for entity in etree.fromstring(body)
    ]


@contextmanager
def inbox_on_loopback() -> Iterator[Inbox]:
    inbox = Inbox()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = inbox.take({name.lower(): value for name, value in self.headers.items()}, body)
            answer = json.dumps({"received": status == 200}).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *args: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    inbox.url = f"http://127.0.0.1:{server.server_port}/api/v1/inbox/customs"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield inbox
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Service:
    """The application without a socket: called through ASGI, its background task running all the while."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.app = create_app(settings)
        self.loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._ready = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        assert self._ready.wait(5)

    def _run(self) -> None:
        self.loop.run_until_complete(self._live())
        self.loop.close()

    async def _live(self) -> None:
        async with self.app.router.lifespan_context(self.app):
            self._ready.set()
            await self._stop.wait()

    def stop(self) -> None:
        if self.thread.is_alive():
            self.loop.call_soon_threadsafe(self._stop.set)
            self.thread.join(10)

    def restarted(self, **changed: Any) -> "Service":
        self.stop()
        return Service(replace(self.settings, **changed))

    def call(self, method: str, path: str, content: bytes = b"", headers: Any = None) -> httpx.Response:
        async def go() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://agencies") as client:
                return await client.request(method, path, content=content, headers=headers)

        return asyncio.run_coroutine_threadsafe(go(), self.loop).result(30)

    def post(self, body: bytes, key: str = "", path: str = "/ceb/messages") -> httpx.Response:
        key = key or str(uuid.uuid4())
        return self.call("POST", path, body, {"Dispatch-Key": key, **signed_headers(SECRET, key, body)})

    def ask(self, key: str) -> httpx.Response:
        return self.call("GET", f"/dispatches/{key}", headers=signed_headers(SECRET, key, b""))

    def log(self) -> dict[str, Any]:
        return self.call("GET", "/log").json()

    def settled(self) -> dict[str, Any]:
        """Wait until nothing is left to examine or to send; the log."""

        async def idle() -> bool:  # asked inside the loop: its connection may stand in a transaction
            return self.app.state.desk.store.next_due() is None

        wait_for(lambda: asyncio.run_coroutine_threadsafe(idle(), self.loop).result(5))
        return self.log()


def settings_for(inbox: Inbox, store: Path, delay: float = DELAY) -> Settings:
    return Settings(secret=SECRET, inbox=inbox.url, store=store / "agencies" / "store.sqlite3", delay=delay)


def wait_for(condition: Callable[[], Any], seconds: float = 8.0) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not come about in time"
        time.sleep(0.005)

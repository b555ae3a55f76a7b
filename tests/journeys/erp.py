"""An enterprise's or agency's own system: a machine client over REST."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

import httpx

from portal.demo import secret_of
from tests.running import Running

T = TypeVar("T")


class Erp:
    """A client-credentials client of one company or agency."""

    def __init__(self, portal: Running, client_id: str) -> None:
        self.portal = portal
        answer = httpx.post(
            f"{portal.url}/identity/o/api/token",
            data={
                "grant_type": "client_credentials",
                "client_id": client_id,
                "client_secret": secret_of(client_id),
            },
        )
        assert answer.status_code == 200, answer.text
        headers = {"Authorization": f"Bearer {answer.json()['access_token']}", "Accept-Language": "en"}
        self.http = httpx.Client(base_url=f"{portal.url}/api/v1", headers=headers, timeout=20)

    def send(self, message: bytes) -> httpx.Response:
        """Hand in one message."""
        return self.http.post("/ceb/messages", content=message, headers={"Content-Type": "application/xml"})

    def number_of(self, message: bytes) -> str:
        """Hand in one message that must be taken; its reference number."""
        answer = self.send(message)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["reference"])

    def get(self, path: str, **params: Any) -> Any:
        """A JSON answer that must be 200."""
        answer = self.http.get(path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def changes(self) -> list[dict[str, Any]]:
        """The whole feed from the beginning."""
        rows: list[dict[str, Any]] = []
        after = ""
        while True:
            page = self.get("/changes", **({"after": after} if after else {}))
            rows += page["results"]
            if not page["results"]:
                return rows
            after = page["next"]


def eventually(look: Callable[[], T | None], portal: Running, patience: float = 120) -> T:
    """What `look` finds once it finds something."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.2)
    raise AssertionError(f"nothing in {patience} s\n{portal.logs()}\n{portal.story()}")

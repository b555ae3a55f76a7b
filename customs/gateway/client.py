"""Transport to the E-port: HTTP with signed requests, and every outcome as one of the seven answers.

The wire is described in `docs/agencies/customs.md`. No exception of the HTTP library and no status code
leaves this module. Whether the agency may have received something decides between Unreachable (certainly
not) and Unknown.
"""

from __future__ import annotations

import os
import time
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Final

import httpx
import msgspec
from django.conf import settings

from customs.gateway.signing import signed_headers
from submissions.gateways import (
    Accepted,
    AgencyProblem,
    Answer,
    Later,
    Malformed,
    Misconfigured,
    RefusedByAgency,
    Unknown,
    Unreachable,
)

AGENCY: Final = "customs"
LATER_SECONDS: Final = 60.0  # when the agency does not say how much later
MOST_BYTES: Final = 1024 * 1024  # of an answer; more is not an answer of this wire

# The connection never stood: nothing can have arrived.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_OUR_FAULT = (httpx.UnsupportedProtocol, httpx.InvalidURL, httpx.LocalProtocolError)


# They speak of this one message: it is stopped by itself after some tries, the agency's line goes on.
_OF_THIS_ONE = frozenset((400, 408, 413, 414, 415, 431))


class _Problem(msgspec.Struct):
    code: str = ""
    path: str = ""
    text: str = ""


class _Body(msgspec.Struct):
    accepted: bool
    number: str = ""
    problems: list[_Problem] = []
    status: int = 0


class _TooLong(Exception):
    """The answer goes on and on."""


class EportGateway:
    """One endpoint of the E-port (`/ceb/messages` or `/opinions`); address and secret come from the
    settings.
    """

    def __init__(self, path: str, *, agency: str = AGENCY) -> None:
        self.path = path
        self.agency = agency
        self.request_line = f"POST {path}"

    def deliver(self, dispatch_key: str, body: bytes, content_type: str) -> Answer:
        """POST the bytes as they are under the dispatch key."""
        headers = {"Dispatch-Key": dispatch_key, "Content-Type": content_type}
        found = self._call("POST", self.path, dispatch_key, body, headers)
        return found if not isinstance(found, httpx.Response) else _answer(found.status_code, found)

    def ask(self, dispatch_key: str) -> Answer | None:
        """GET the answer once given for the key; None when the agency never received it."""
        found = self._call("GET", f"/dispatches/{dispatch_key}", dispatch_key, b"", {})
        if not isinstance(found, httpx.Response):
            return found
        if found.status_code == httpx.codes.NOT_FOUND:
            return None
        if found.status_code != httpx.codes.OK:
            return _answer(found.status_code, found)
        stored = _decoded(found)
        if stored is None or not stored.status:
            return Malformed(found.status_code, found.text)
        return _answer(stored.status, found)

    def _call(
        self, method: str, path: str, key: str, body: bytes, headers: dict[str, str]
    ) -> httpx.Response | Answer:
        secret = settings.AGENCY_SECRETS[self.agency].encode()
        signed = headers | signed_headers(secret, key, body)
        client = _client(os.getpid(), settings.AGENCY_URLS[self.agency], settings.AGENCY_TIMEOUT_SECONDS)
        try:
            return _exchange(client, method, path, body, signed)
        except _NOT_SENT as error:
            return Unreachable(_reason(error))
        except _OUR_FAULT as error:
            return Misconfigured(_reason(error), 0)
        except _TooLong:
            return Malformed(0, "")
        except httpx.HTTPError as error:
            return Unknown(_reason(error))


@lru_cache(maxsize=4)
def _client(pid: int, base: str, timeout: float) -> httpx.Client:
    """One pool a process: connections do not survive a fork. Proxies of the environment are not for
    agencies.
    """
    return httpx.Client(base_url=base, timeout=timeout, trust_env=False, follow_redirects=False)


def _exchange(
    client: httpx.Client, method: str, path: str, body: bytes, headers: dict[str, str]
) -> httpx.Response:
    """The whole answer, within a deadline and a size: an agency that drips bytes must not hold a worker."""
    deadline = time.monotonic() + 2 * (client.timeout.read or settings.AGENCY_TIMEOUT_SECONDS)
    content = b""
    with client.stream(method, path, content=body or None, headers=headers) as response:
        for part in response.iter_bytes():
            content += part
            if len(content) > MOST_BYTES:
                raise _TooLong
            if time.monotonic() > deadline:
                raise httpx.ReadTimeout("the answer does not end", request=response.request)
        status, given = response.status_code, response.headers
    given = httpx.Headers(
        [pair for pair in given.items() if pair[0] not in ("content-encoding", "content-length")]
    )
    return httpx.Response(status, headers=given, content=content)


def _answer(status: int, response: httpx.Response) -> Answer:
    """A status and a body as an answer; `status` is the original one when it was asked for later."""
    text = response.text
    if status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        return Misconfigured("the agency refuses our access", status, text)
    if status in (httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE):
        return Later(_retry_after(response.headers.get("Retry-After", "")), status, text)
    if status == httpx.codes.CONFLICT:
        problem = AgencyProblem(
            "dispatch.conflict", "", "The agency has other bytes under this dispatch key."
        )
        return RefusedByAgency((problem,), status, text)
    if status >= httpx.codes.INTERNAL_SERVER_ERROR:
        return Unknown(f"status {status}")
    if status in (httpx.codes.OK, httpx.codes.ACCEPTED, httpx.codes.UNPROCESSABLE_ENTITY):
        return _of_substance(status, response)
    misfit = Misconfigured(f"the agency does not know this request: status {status}", status, text)
    return Malformed(status, text) if status in _OF_THIS_ONE else misfit


def _of_substance(status: int, response: httpx.Response) -> Answer:
    body = _decoded(response)
    refused = status == httpx.codes.UNPROCESSABLE_ENTITY
    if body is None or body.accepted is refused:
        return Malformed(status, response.text)
    if refused:
        problems = tuple(AgencyProblem(one.code, one.path, one.text) for one in body.problems)
        return RefusedByAgency(problems, status, response.text)
    return Accepted(body.number, status, response.text)


def _decoded(response: httpx.Response) -> _Body | None:
    try:
        return msgspec.json.decode(response.content, type=_Body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _retry_after(text: str) -> float:
    """Seconds or a date (RFC 9110, 10.2.3)."""
    if text.strip().isdigit():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (TypeError, ValueError):
        return LATER_SECONDS


def _reason(error: Exception) -> str:
    """Never with the address: that may hold what is nobody's business."""
    return f"{type(error).__name__}: {error}"[:300]

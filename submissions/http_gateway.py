"""Transport to an agency: HTTP with signed requests, and every outcome as one of the seven answers.

The wire is described in `docs/agencies/`. No exception of the HTTP library and no status code
leaves this module. Whether the agency may have received something decides between Unreachable (certainly
not) and Unknown.
"""

from __future__ import annotations

import os
import time
import uuid
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Final

import httpx
import msgspec
from django.conf import settings

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
from submissions.wire_signature import signed_headers

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


class HttpGateway:
    """One endpoint of one agency; its address and its secret come from the settings."""

    def __init__(self, agency: str, path: str) -> None:
        self.agency = agency
        self.path = path
        self.request_line = f"POST {path}"

    def deliver(self, dispatch_key: str, body: bytes, content_type: str) -> Answer:
        """POST the bytes as they are under the dispatch key."""
        headers = {"Dispatch-Key": dispatch_key, "Content-Type": content_type}
        found = call(self.agency, "POST", self.path, dispatch_key, body=body, headers=headers)
        return found if not isinstance(found, httpx.Response) else _answer(found.status_code, found)

    def ask(self, dispatch_key: str) -> Answer | None:
        """GET the answer once given for the key; None when the agency never received it."""
        found = call(self.agency, "GET", f"/dispatches/{dispatch_key}", dispatch_key, headers={})
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


def query(agency: str, path: str, body: bytes, *, timeout: float | None = None) -> httpx.Response | Answer:
    """Ask an agency something that leaves no trace there: the response, or the kind of failure.

    Statuses other than 200 come back as the answers a dispatch would get (`Later`, `Misconfigured` …).
    `timeout`: seconds of patience where the asker has less than `AGENCY_TIMEOUT_SECONDS`.
    """
    key = str(uuid.uuid4())
    headers = {"Dispatch-Key": key, "Content-Type": "application/json"}
    found = call(agency, "POST", path, key, body=body, headers=headers, timeout=timeout)
    if not isinstance(found, httpx.Response) or found.status_code == httpx.codes.OK:
        return found
    return _answer(found.status_code, found)


def call(
    agency: str,
    method: str,
    path: str,
    key: str,
    *,
    body: bytes = b"",
    headers: dict[str, str],
    timeout: float | None = None,
) -> httpx.Response | Answer:
    """One signed request; the whole response, or why there is none. Never called inside a transaction."""
    if agency not in settings.AGENCY_URLS or agency not in settings.AGENCY_SECRETS:
        return Misconfigured(f"no address or secret of {agency}", 0)
    base = settings.AGENCY_URLS[agency].rstrip("/")
    signed = headers | signed_headers(settings.AGENCY_SECRETS[agency].encode(), key, body)
    client = _client(os.getpid(), base, timeout or settings.AGENCY_TIMEOUT_SECONDS)
    try:
        return _exchange(client, method, base + path, body, signed)
    except _NOT_SENT as error:
        return Unreachable(_reason(error))
    except _OUR_FAULT as error:
        return Misconfigured(_reason(error), 0)
    except _TooLong:
        return Malformed(0, "")
    except httpx.HTTPError as error:
        return Unknown(_reason(error))


@lru_cache(maxsize=32)
def _client(pid: int, base: str, timeout: float) -> httpx.Client:
    """One pool a process: connections do not survive a fork. Proxies of the environment are not for
    agencies.
    """
    return httpx.Client(timeout=timeout, trust_env=False, follow_redirects=False)


def _exchange(
    client: httpx.Client, method: str, url: str, body: bytes, headers: dict[str, str]
) -> httpx.Response:
    """The whole answer, within a deadline and a size: an agency that drips bytes must not hold a worker."""
    deadline = time.monotonic() + 2 * (client.timeout.read or settings.AGENCY_TIMEOUT_SECONDS)
    content = b""
    with client.stream(method, url, content=body or None, headers=headers) as response:
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

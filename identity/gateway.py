"""The question to a police base: two elements in a signed body, a verdict or the kind of a failure back.

Nothing of a person stands in an address or in a log. No exception of the HTTP library and no status code leaves this
module; an answer that is not one of the three verdicts is a failure, never a pass.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import time
from functools import lru_cache
from typing import Final

import httpx
import msgspec
from django.conf import settings

from identity.library import Pair
from identity.rules import LOCAL, NATIONAL, VERDICTS, Verdict
from reference.keys import uuid7
from submissions.gateways import Later, Malformed, Misconfigured, Unknown, Unreachable

Failure = Later | Malformed | Misconfigured | Unknown | Unreachable
Reply = Verdict | Failure

PATHS: Final = {LOCAL: "/police/local/checks", NATIONAL: "/police/national/checks"}
MOST_BYTES: Final = 64 * 1024
LATER_SECONDS: Final = 60.0
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class _Answer(msgspec.Struct):
    outcome: str


def ask(agency: str, pair: Pair) -> Reply:
    """Ask one agency about one pair; its patience is `IDENTITY_TIMEOUT_SECONDS`. Never inside a transaction."""
    body = msgspec.json.encode({"name": pair.name, "number": pair.number})
    key = str(uuid7())
    try:
        client = _client(os.getpid(), settings.AGENCY_URLS[agency], settings.IDENTITY_TIMEOUT_SECONDS)
        headers = {"Dispatch-Key": key, "Content-Type": "application/json", **_signed(agency, key, body)}
        response = client.post(PATHS[agency], content=body, headers=headers)
    except KeyError:
        return Misconfigured(f"no address or secret of {agency}", 0)
    except _NOT_SENT as error:
        return Unreachable(type(error).__name__)
    except (httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
        return Misconfigured(type(error).__name__, 0)
    except httpx.HTTPError as error:
        return Unknown(type(error).__name__)
    return _read(response)


def _signed(agency: str, key: str, body: bytes) -> dict[str, str]:
    """HMAC-SHA-256 over time stamp, key and body, as every agency of this portal checks it."""
    timestamp = str(int(time.time()))
    secret = settings.AGENCY_SECRETS[agency].encode()
    digest = hmac.new(secret, f"{timestamp}.{key}.".encode() + body, hashlib.sha256).hexdigest()
    return {"Signature-Timestamp": timestamp, "Signature": digest}


@lru_cache(maxsize=4)
def _client(pid: int, base: str, timeout: float) -> httpx.Client:
    """One pool a process; the environment's proxies are not for agencies."""
    return httpx.Client(base_url=base, timeout=timeout, trust_env=False, follow_redirects=False)


def _read(response: httpx.Response) -> Reply:
    status = response.status_code
    if status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN, httpx.codes.NOT_FOUND):
        return Misconfigured("the agency refuses our access", status)
    if status in (httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE):
        after = response.headers.get("Retry-After", "")
        return Later(float(after) if after.isdecimal() else LATER_SECONDS, status)
    if status >= httpx.codes.INTERNAL_SERVER_ERROR:
        return Unknown(f"status {status}")
    return _verdict(response) if status == httpx.codes.OK else Malformed(status)


def _verdict(response: httpx.Response) -> Reply:
    try:
        outcome = msgspec.json.decode(response.content[:MOST_BYTES], type=_Answer).outcome
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Malformed(response.status_code)
    return next((verdict for verdict in VERDICTS if verdict == outcome), Malformed(response.status_code))

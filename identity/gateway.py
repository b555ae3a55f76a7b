"""The question to a police base: two elements in a signed body, a verdict or the kind of a failure back.

The transport is the one of all agencies. Nothing of a person stands in an address or in a log; an answer that is not
one of the three verdicts is a failure, never a pass.
"""

from __future__ import annotations

from typing import Final

import httpx
import msgspec
from django.conf import settings

from identity.library import Pair
from identity.rules import LOCAL, NATIONAL, VERDICTS, Verdict
from submissions import http_gateway
from submissions.gateways import (
    Accepted,
    Later,
    Malformed,
    Misconfigured,
    RefusedByAgency,
    Unknown,
    Unreachable,
)

Failure = Later | Malformed | Misconfigured | Unknown | Unreachable
Reply = Verdict | Failure

PATHS: Final = {LOCAL: "/police/local/checks", NATIONAL: "/police/national/checks"}


class _Answer(msgspec.Struct):
    outcome: str


def ask(agency: str, pair: Pair) -> Reply:
    """Ask one agency about one pair; its patience is `IDENTITY_TIMEOUT_SECONDS`. Never inside a transaction."""
    body = msgspec.json.encode({"name": pair.name, "number": pair.number})
    found = http_gateway.query(agency, PATHS[agency], body, timeout=settings.IDENTITY_TIMEOUT_SECONDS)
    if isinstance(found, httpx.Response):
        return _verdict(found)
    if isinstance(found, Accepted | RefusedByAgency):  # a question is not taken, it is answered
        return Malformed(found.status)
    return found


def _verdict(response: httpx.Response) -> Reply:
    try:
        outcome = msgspec.json.decode(response.content, type=_Answer).outcome
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Malformed(response.status_code)
    return next((verdict for verdict in VERDICTS if verdict == outcome), Malformed(response.status_code))

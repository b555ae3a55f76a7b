"""What a gateway to an agency promises, and the seven things it may answer.

A gateway lives in a desk (`customs/gateway/`), knows the wire, and turns everything that can happen there
into one of these values: no exception of an HTTP library and no status code leaves it. Whether trying again
can help is in the type, not in a flag.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class Finding(Protocol):
    """One thing an agency has against what it got (`reference.problems.Problem` fits)."""

    @property
    def code(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def text(self) -> str: ...


@dataclass(frozen=True, slots=True)
class AgencyProblem:
    """A finding in the agency's own words."""

    code: str
    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """The agency has it, under this number."""

    number: str
    status: int = 202
    body: str = ""


@dataclass(frozen=True, slots=True)
class RefusedByAgency:
    """Refused at the door, with everything the agency has against it.

    The same bytes would be refused again.
    """

    problems: tuple[Finding, ...]
    status: int = 422
    body: str = ""


@dataclass(frozen=True, slots=True)
class Later:
    """The agency is there and asks to come again after so many seconds."""

    after_seconds: float
    status: int = 503
    body: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """No answer in time: whether it arrived is unknown, so it is asked for before anything is sent again."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unreachable:
    """No connection: it certainly did not arrive."""

    reason: str


@dataclass(frozen=True, slots=True)
class Misconfigured:
    """Our access is refused; trying again helps nobody until a person has looked."""

    reason: str
    status: int = 401
    body: str = ""


@dataclass(frozen=True, slots=True)
class Malformed:
    """An answer that cannot be read: whether it arrived is unknown."""

    status: int
    body: str = ""


Answer = Accepted | RefusedByAgency | Later | Unknown | Unreachable | Misconfigured | Malformed


class Gateway(Protocol):
    """The way to one agency for one kind of thing. Never called inside a transaction.

    An optional attribute `request_line: str` ("POST /ceb/messages") is shown with every attempt.
    """

    def deliver(self, dispatch_key: str, body: bytes, content_type: str) -> Answer:
        """Hand it over. The same key with the same body must get the same answer."""
        ...

    def ask(self, dispatch_key: str) -> Answer | None:
        """The answer once given for this key; None: it never arrived."""
        ...

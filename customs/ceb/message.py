"""What a message is once it has been read: plain values, nothing of XML left."""

from __future__ import annotations

from dataclasses import dataclass, field

from reference.problems import Problem


@dataclass(frozen=True, slots=True)
class SignatureInfo:
    """The signature as it stands in the message. Read, not verified."""

    method: str
    digest_method: str
    digest: str
    value: str
    key_name: str
    certificate: str  # Base64 DER without white space


@dataclass(frozen=True, slots=True)
class Extend:
    """Free extension block; `content` is the one XML element it may hold, as text."""

    name: str
    version: str
    content: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """One order, payment, waybill, inventory … Empty elements are "", absent ones are not in the dict.

    Text is kept as sent; white space around numbers is taken off. `index` counts from 1 in the message.
    """

    head: dict[str, str]
    lines: list[dict[str, str]] = field(default_factory=list)
    index: int = 1


@dataclass(frozen=True, slots=True)
class Message:
    """One business message; `type` is the short name, e.g. `CEB311`."""

    type: str
    guid: str
    version: str
    transfer: dict[str, str] | None
    documents: list[Document]
    subscribes: list[dict[str, str]] = field(default_factory=list)
    signature: SignatureInfo | None = None
    extend: Extend | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What `check` found. `message` is the short name or None when the root is unknown."""

    message: str | None
    documents: int
    problems: tuple[Problem, ...]

    @property
    def accepted(self) -> bool:
        return not any(problem.level == "error" for problem in self.problems)

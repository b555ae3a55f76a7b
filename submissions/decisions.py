"""Decisions of agencies that speak JSON: read from the inbox, applied to their share of a submission.

An agency may answer early, late or twice: a decision that the referral already has is no news; one that no longer
fits is parked with its reason. Desks register further types of messages with `register_type`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

import msgspec

from submissions import casework
from submissions.inbox import Park
from submissions.lifecycle import WrongState
from submissions.models import InboxMessage, Referral, ReferralState
from trail.actors import Actor

DECISION = "decision"
TARGETS = {
    "accepted": ReferralState.ACCEPTED,
    "refused": ReferralState.REFUSED,
    "information": ReferralState.INFORMATION_REQUESTED,
}


class Words(msgspec.Struct):
    """The agency's words in both languages."""

    zh: str = ""
    en: str = ""


class ProblemSaid(msgspec.Struct):
    """One thing the agency has against it."""

    code: str = ""
    path: str = ""
    text: str = ""


class Decision(msgspec.Struct):
    """One agency's decision about its share of a submission."""

    reference: str
    verdict: Literal["accepted", "refused", "information"]
    number: str = ""
    words: Words = msgspec.field(default_factory=Words)
    problems: list[ProblemSaid] = []

    def text(self) -> str:
        """All that was said, Chinese first; every problem on a line of its own."""
        lines = [self.words.zh, self.words.en, *(one.text for one in self.problems)]
        return "\n".join(line for line in dict.fromkeys(lines) if line)


TypeReader = Callable[[InboxMessage, Mapping[str, Any]], None]
_types: dict[tuple[str, str], TypeReader] = {}


def register_type(agency: str, type_: str, reader: TypeReader) -> None:
    """Who reads messages of this type from this agency; runs in the transaction that marks the message."""
    _types[agency, type_] = reader


def read(row: InboxMessage, body: bytes) -> None:
    """One JSON message; `Park` when nothing can ever be made of it."""
    try:
        content = msgspec.json.decode(body)
    except msgspec.DecodeError as error:
        raise Park(f"not JSON: {error}") from error
    if not isinstance(content, dict):
        raise Park("not a JSON object")
    type_ = str(content.get("type", ""))
    own = _types.get((row.agency.code, type_))
    if own is not None:
        own(row, content)
    elif type_ == DECISION:
        _decide(row, content)
    else:
        raise Park(f"no reader for messages of type {type_!r} from {row.agency.code}")


def _decide(row: InboxMessage, content: Mapping[str, Any]) -> None:
    try:
        decision = msgspec.convert(content, Decision)
    except msgspec.ValidationError as error:
        raise Park(f"not a decision: {error}") from error
    apply(row, decision)


def apply(row: InboxMessage, decision: Decision) -> Referral:
    """Write it to the agency's referral; returns that. `Park` when there is none or its state does not allow it."""
    referral = (
        Referral.objects.filter(agency=row.agency, submission__reference=decision.reference)
        .select_related("submission")
        .first()
    )
    if referral is None:
        raise Park(f"{decision.reference} is not before {row.agency.code}")
    if referral.state == TARGETS[decision.verdict]:
        return referral
    try:
        _verb(referral, decision, Actor("agency", row.agency.code, row.agency.name_zh))
    except WrongState as error:
        raise Park(f"{decision.reference}: {error}") from error
    referral.refresh_from_db()
    return referral


def _verb(referral: Referral, decision: Decision, by: Actor) -> None:
    words, number = decision.text(), decision.number[:64] or None
    if decision.verdict == "accepted":
        casework.accept(referral.pk, by=by, words=words, number=number)
    elif decision.verdict == "refused":
        casework.refuse(referral.pk, by=by, words=words, number=number)
    else:
        named = [{"code": one.code, "path": one.path, "text": one.text} for one in decision.problems]
        casework.ask_information(referral.pk, by=by, words=words, problems=named)

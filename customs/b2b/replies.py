"""Customs' answers about a customs declaration (H2018), read from the inbox.

`{"type": "h2018", "reference", "status": accepted | sent_back | released | closed | refused, "number", "on",
"words": {"zh", "en"}, "problems": [{"code", "path", "text"}]}`; `on` is the day of release or of export.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

import msgspec

from customs.b2b.judging import CODE
from customs.b2b.lifecycle import DECLARATION
from customs.models import B2BDeclaration
from customs.models.b2b import B2BState as S
from submissions import casework
from submissions.decisions import ProblemSaid, Words
from submissions.inbox import Park
from submissions.lifecycle import WrongState, advance_one
from submissions.models import InboxMessage, Referral
from submissions.notices import notify
from trail.actors import Actor

TYPE = "h2018"
Status = Literal["accepted", "sent_back", "released", "closed", "refused"]
VERBS: Mapping[str, str] = {
    "accepted": "accept",
    "sent_back": "send_back",
    "released": "release",
    "closed": "close",
    "refused": "refuse",
}
# What has happened already when a message comes twice, or late.
PAST: Mapping[str, tuple[str, ...]] = {
    "accepted": (S.ACCEPTED, S.SENT_BACK, S.RELEASED, S.CLOSED),
    "sent_back": (S.SENT_BACK,),
    "released": (S.RELEASED, S.CLOSED),
    "closed": (S.CLOSED,),
    "refused": (S.REFUSED,),
}


class TooEarly(Exception):
    """What it follows has not come yet: it is read again."""


class Message(msgspec.Struct):
    """One answer of customs."""

    reference: str
    status: Status
    number: str = ""
    on: date | None = None
    words: Words = msgspec.field(default_factory=Words)
    problems: list[ProblemSaid] = []

    @property
    def text(self) -> str:
        """All that was said, Chinese first."""
        lines = [self.words.zh, self.words.en, *(one.text for one in self.problems)]
        return "\n".join(line for line in dict.fromkeys(lines) if line)


def read(row: InboxMessage, content: Mapping[str, Any]) -> None:
    """Apply one answer; the same again is no news. `Park` when it can never fit, `TooEarly` when it may yet."""
    try:
        told = msgspec.convert(content, Message)
    except msgspec.ValidationError as error:
        raise Park(f"not an answer about a declaration: {error}") from error
    if told.status in ("released", "closed") and told.on is None:
        raise Park(f"{told.reference}: no day of {told.status}")
    referral = _referral(row, told)
    declaration = B2BDeclaration.objects.get(submission=referral.submission_id)
    if declaration.state in PAST[told.status]:
        return
    if told.status == "closed" and declaration.state in (S.DECLARED, S.ACCEPTED):
        raise TooEarly(f"{told.reference} is not released yet")
    try:
        _apply(declaration, referral, told, Actor("agency", row.agency.code, row.agency.name_zh))
    except WrongState as error:
        raise Park(f"{told.reference}: {error}") from error


def _referral(row: InboxMessage, told: Message) -> Referral:
    """Locked before anything of it moves: the order of locks is dispatch, referral, ours, submission."""
    rows = Referral.objects.select_for_update(no_key=True, of=("self",)).select_related("submission__company")
    found = rows.filter(
        agency=row.agency, submission__reference=told.reference, submission__kind=CODE
    ).first()
    if found is None:
        raise Park(f"no B2B export is declared as {told.reference}")
    return found


def _apply(declaration: B2BDeclaration, referral: Referral, told: Message, by: Actor) -> None:
    words, number = told.text, told.number[:18]
    changes: dict[str, Any] = {"declaration_no": number} if number else {}
    if told.status == "released":
        changes["released_on"] = told.on
    elif told.status == "closed":
        changes["export_date"] = told.on
    advance_one(DECLARATION, declaration.pk, VERBS[told.status], by=by, words=words, changes=changes)
    if told.status == "sent_back":
        problems = [{"code": one.code, "path": one.path, "text": one.text} for one in told.problems]
        casework.ask_information(referral.pk, by=by, words=words, problems=problems)
    elif told.status == "released":
        casework.accept(referral.pk, by=by, words=words, number=number or None)
    elif told.status == "refused":
        casework.refuse(referral.pk, by=by, words=words, number=number or None)
    elif told.status == "closed":
        params = {"number": number or declaration.declaration_no, "day": f"{told.on}"}
        notify(referral.submission.company, "b2b.closed", params, referral.submission)

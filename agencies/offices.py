"""The offices that decide one case at a time: taken at the door, decided some steps later, by content.

Each office (commerce, tax, market regulation, bank …) speaks the same JSON. `register` adds what is peculiar to one.
A token `scenario=<name>` in any text of the case chooses; without one the office accepts.
"""

import json
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from agencies.documents import problem
from agencies.replies import BEIJING
from agencies.scenarios import Row
from agencies.store import Store

TOKEN = re.compile(r"scenario=([a-z-]+)")
ASKS = ("Please say what is asked for.", "请补充说明。")
SCENARIOS = (
    Row("accept", "case", "The default: accepted after one delay."),
    Row("refuse", "case", "Refused after one delay, with the office's words."),
    Row("ask", "case", "Asks back after one delay; accepts when the answer has come."),
    Row("silence", "case", "Taken, and never decided."),
    Row("twice", "case", "The decision comes twice under one Message-Id, and once more under another."),
    Row("later", "case", "503 with Retry-After at the first try, then as the default."),
    Row("unknown", "case", "Also a decision about a reference that nobody knows."),
    Row("problems", "case", "Refused at the door (422) with two problems."),
)


@dataclass(frozen=True, slots=True)
class Decision:
    """What an office says. `after`: delays until it is said."""

    verdict: str  # accepted, refused, information
    words_en: str = ""
    words_zh: str = ""
    after: float = 1
    problems: list[dict[str, str]] = field(default_factory=list)
    number: str = ""
    sends: int = 1
    reference: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Case:
    """What an office got: the portal's share for it, and the answer when it had asked."""

    agency: str
    reference: str
    kind: str
    number: str
    share: Mapping[str, Any]
    answer: Mapping[str, Any] | None = None

    @property
    def scenario(self) -> str:
        """The token in any text of the share."""
        found = TOKEN.search(json.dumps(self.share, ensure_ascii=False))
        return found[1] if found else "accept"


Decide = Callable[[Case, Store], list[Decision]]
_deciders: dict[tuple[str, str], Decide] = {}


def register(agency: str, kind: str, decide: Decide) -> None:
    """How an office decides cases of one kind ("" = all it has no other rule for)."""
    _deciders[agency, kind] = decide


def decide(case: Case, store: Store) -> list[Decision]:
    """The decisions that will follow, in order."""
    own = _deciders.get((case.agency, case.kind)) or _deciders.get((case.agency, ""))
    return own(case, store) if own else plain(case, store)


def plain(case: Case, store: Store) -> list[Decision]:
    """The office without peculiarities: its scenario decides."""
    accepted = Decision("accepted", "Accepted.", "予以受理。")
    if case.answer is not None:
        return [accepted]
    by_scenario = {
        "refuse": [Decision("refused", "Refused, as the scenario asks.", "不予受理（演示情形）。")],
        "ask": [Decision("information", *ASKS)],
        "silence": [],
        "twice": [replace(accepted, sends=2), replace(accepted, after=2)],
        "unknown": [replace(accepted, reference="TJ00-0000-0000-0"), accepted],
    }
    return by_scenario.get(case.scenario, [accepted])


def body_of(case: Case, decision: Decision) -> bytes:
    """The JSON that goes to the portal's inbox."""
    message = {
        "type": "decision",
        "reference": decision.reference or case.reference,
        "kind": case.kind,
        "verdict": decision.verdict,
        "number": decision.number or case.number,
        "words": {"zh": decision.words_zh, "en": decision.words_en},
        "problems": decision.problems,
        "at": datetime.now(BEIJING).isoformat(timespec="seconds"),
        **decision.extra,
    }
    return json.dumps(message, ensure_ascii=False).encode()


def announce(store: Store, key: str, case: Case, *, now: float, delay: float) -> None:
    """Put the decisions of a case on their way, in the caller's transaction."""
    for decision in decide(case, store):
        body = body_of(case, decision)
        store.add_reply(
            message_id=str(uuid.uuid4()),
            dispatch=key,
            message=f"{case.agency} {decision.verdict}",
            body=body,
            documents=[{"number": case.reference, "status": decision.verdict}],
            due=now + decision.after * delay,
            sends=decision.sends,
            agency=case.agency,
        )


def two_problems() -> list[dict[str, str]]:
    """What is refused at the door is refused with everything."""
    return [
        problem("agency.refused", "/form", "Refused as the scenario asks."),
        problem("agency.refused", "/papers", "Refused as the scenario asks, a second time."),
    ]

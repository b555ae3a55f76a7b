"""Scenarios: what customs does with a document is chosen by its content, never at random.

A token `scenario=<name>` or `scenario=<name>:<argument>` in a document's `note` chooses. `SCENARIOS` is the
documented table; docs/agencies/customs.md and the page at `/` show the same rows.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from agencies.documents import Document

TOKEN = re.compile(r"scenario=([a-z-]+)(?::([A-Za-z0-9.-]{1,20}))?")
NUMBER = re.compile(r"\d{1,6}(\.\d{1,3})?", re.ASCII)
ERROR_ARGUMENT = re.compile(r"(5\d\d)(?:x(\d{1,3}))?")
REVIEW_STEPS = 5  # how long a manual review takes, in delays
DETENTIONS = ("501", "502", "503", "599")
FIVE_HUNDRED, FORBIDDEN, UNAVAILABLE = 500, 403, 503


@dataclass(frozen=True, slots=True)
class Step:
    """One customs reply: its status, and when, in delays after the list was examined."""

    status: str
    after: float = 0
    sent: float | None = None  # when the reply is sent, if that differs from when it was made


@dataclass(frozen=True, slots=True)
class Scenario:
    name: str = "release"
    argument: str = ""

    def __str__(self) -> str:
        return f"{self.name}:{self.argument}" if self.argument else self.name


@dataclass(frozen=True, slots=True)
class Row:
    token: str
    level: str  # "document" or "message"
    text: str


SCENARIOS = (
    Row("release", "document", "The default. Lists: 2, 120, 800. Orders, payments, waybills: 2, 120."),
    Row("review[:n]", "document", "Lists: 2, 120, 300 and, after n delays (default 5), 800."),
    Row("inspection", "document", "Lists: 2, 120, 500, 800."),
    Row("detained[:status]", "document", "Lists: 2, 120, then 501 (default), 502, 503 or 599, and no more."),
    Row("return:<code>", "document", "2, then 100 with that customs code; return:text has no code."),
    Row(
        "eport-error:<code>",
        "document",
        "E-port answers with that negative status; customs sees nothing.",
    ),
    Row("silence", "document", "Accepted, and never a reply."),
    Row("double", "document", "Each reply twice under one Message-Id; the last once more under another."),
    Row(
        "disorder",
        "document",
        "The last reply overtakes the one before it; returnTime tells the truth.",
    ),
    Row("unknown", "document", "Besides its own replies, one for a document number that nobody knows."),
    Row("early", "message", "All replies arrive before the dispatch is answered."),
    Row(
        "later[:n]",
        "message",
        "503, Retry-After: 1, for the first n dispatches (default 1); then accepted.",
    ),
    Row("error:<5xx>[x<n>]", "message", "That status for the first n dispatches (default 2); then accepted."),
    Row(
        "timeout[:seconds]",
        "message",
        "Accepted, but first answered only after that wait (default 60).",
    ),
    Row("malformed", "message", "Accepted with 202, but the answer is not JSON."),
    Row("refuse", "message", "422 with two problems."),
    Row("misconfigured[:n]", "message", "403, for the first n dispatches or (default) for ever."),
)
NAMES = {re.split(r"[\[:]", row.token)[0]: row for row in SCENARIOS}


def scenario_of(document: Document) -> Scenario:
    """What the document's note asks for; a name that is not in the table means release."""
    found = TOKEN.search(document.fields.get("note", ""))
    if found is None or found[1] not in NAMES:
        return Scenario()
    return Scenario(found[1], found[2] or "")


def message_scenario(documents: Iterable[Document]) -> Scenario | None:
    """The first message-level scenario among the documents."""
    scenarios = (scenario_of(document) for document in documents)
    return next((found for found in scenarios if NAMES[found.name].level == "message"), None)


def failure(scenario: Scenario | None, attempt: int) -> int | None:
    """The HTTP status with which this attempt (1, 2, …) fails before anything is stored, if it does."""
    if scenario is None:
        return None
    if scenario.name == "later":
        return UNAVAILABLE if attempt <= number(scenario.argument, 1) else None
    if scenario.name == "misconfigured":
        return FORBIDDEN if not scenario.argument or attempt <= number(scenario.argument, 1) else None
    if scenario.name == "error":
        found = ERROR_ARGUMENT.fullmatch(scenario.argument)
        status, times = (int(found[1]), int(found[2] or 2)) if found else (FIVE_HUNDRED, 2)
        return status if attempt <= times else None
    return None


def number(text: str, default: float) -> float:
    return float(text) if NUMBER.fullmatch(text) else default


def customs_steps(scenario: Scenario, *, is_list: bool) -> list[Step]:
    """What customs does with a document that passed its checks."""
    steps = _list_steps(scenario) if is_list else [Step("120")]
    if scenario.name == "disorder" and is_list:
        return [Step("120", 0, sent=1), Step("800", 0.5, sent=0.5)]
    return steps


def _list_steps(scenario: Scenario) -> list[Step]:
    stored, released = Step("120"), Step("800", 1)
    if scenario.name == "review":
        return [stored, Step("300", 1), Step("800", 1 + number(scenario.argument, REVIEW_STEPS))]
    if scenario.name == "inspection":
        return [stored, Step("500", 1), Step("800", 2)]
    if scenario.name == "detained":
        return [stored, Step(scenario.argument if scenario.argument in DETENTIONS else DETENTIONS[0], 1)]
    return [stored, released]

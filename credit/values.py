"""What the pure rules of this room are given: facts as they were known at a moment. No database, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal
from uuid import UUID

Severity = Literal["minor", "general", "serious"]
SEVERITIES: tuple[Severity, ...] = ("minor", "general", "serious")

# What can happen to a fact after it was recorded; it is itself never edited.
EventVerb = Literal[
    "object",
    "reject_objection",
    "drop_objection",
    "ask_repair",
    "refuse_repair",
    "drop_repair",
    "repair",
    "withdraw",
]


@dataclass(frozen=True, slots=True)
class Recorded:
    """A fact as it was recorded. `ruled_on`: day of the ruling document; `known_at`: when it was recorded here.

    `made_public`: a minor fact that its agency publishes all the same.
    """

    id: UUID
    severity: Severity
    ruled_on: date
    known_at: datetime
    made_public: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a fact: on which day it counts, and when it became known here.

    `case` ties an objection or a request for repair to its end.
    """

    fact_id: UUID
    verb: EventVerb
    on: date
    known_at: datetime
    case: UUID | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """A fact with what was known of it at some moment."""

    fact: Recorded
    withdrawn_on: date | None = None
    repaired_on: date | None = None
    disputed_by: tuple[UUID | None, ...] = ()
    repair_asked_by: tuple[UUID | None, ...] = ()

    @property
    def is_withdrawn(self) -> bool:
        """Found to be wrong: it never counted, as far as is known now."""
        return self.withdrawn_on is not None

    @property
    def is_disputed(self) -> bool:
        """Whether an objection is pending."""
        return bool(self.disputed_by) and not self.is_withdrawn

    @property
    def asks_repair(self) -> bool:
        """Whether a request for repair is pending."""
        return bool(self.repair_asked_by) and not self.is_withdrawn and self.repaired_on is None


def known(facts: Iterable[Recorded], events: Iterable[Event], at: datetime) -> list[Known]:
    """The facts as they were known at `at`, in their order: what became known later is left out.

    Events count in the order in which they became known, whatever their order here.
    """
    told = {fact.id: Known(fact) for fact in facts if fact.known_at <= at}
    for event in sorted(events, key=lambda one: (one.known_at, one.verb, str(one.case))):
        if event.known_at <= at and event.fact_id in told:
            told[event.fact_id] = _after(told[event.fact_id], event)
    return list(told.values())


def _after(before: Known, event: Event) -> Known:
    match event.verb:
        case "withdraw":
            return replace(before, withdrawn_on=event.on)
        case "repair":
            return replace(
                before, repaired_on=event.on, repair_asked_by=_without(before.repair_asked_by, event)
            )
        case "object":
            return replace(before, disputed_by=(*before.disputed_by, event.case))
        case "ask_repair":
            return replace(before, repair_asked_by=(*before.repair_asked_by, event.case))
        case "reject_objection" | "drop_objection":
            return replace(before, disputed_by=_without(before.disputed_by, event))
        case _:
            return replace(before, repair_asked_by=_without(before.repair_asked_by, event))


def _without(cases: Sequence[UUID | None], event: Event) -> tuple[UUID | None, ...]:
    return tuple(case for case in cases if case != event.case)

"""Who uses identities tells this room how: the rooms above fill this port in their registration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Use:
    """One use of an identity as buyer, masked. Amounts in CNY; `firm_id` the e-commerce firm's, as far as it is known.

    `reason`: why customs did not let it in, where that concerns the person (their limit); "" otherwise.
    `own_telephone`: the order bears a telephone that ends as the person said.
    """

    id: UUID
    platform: str
    day: date
    goods: str
    amount: Decimal
    tax: Decimal | None
    state_name: str
    number: str
    firm_id: int | None
    submission_id: UUID
    own_telephone: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Year:
    """The yearly limit as we count it: an estimate, customs holds the count (R13.13). CNY."""

    year: int
    limit: Decimal
    used: Decimal

    @property
    def left(self) -> Decimal:
        """Never below zero."""
        return max(self.limit - self.used, Decimal(0))


@dataclass(frozen=True, slots=True)
class Source:
    """Where uses are looked up: by the number's hash, and the last digits of a telephone ("" = none were given)."""

    uses: Callable[[bytes, str], Sequence[Use]]
    year: Callable[[bytes, int], Year]


_sources: list[Source] = []


def register_uses(source: Source) -> None:
    """Called by a room above in `apps.py: ready()`."""
    if source not in _sources:
        _sources.append(source)


def uses_of(number_hash: bytes, telephone_end: str = "") -> list[Use]:
    """Every use known, newest first."""
    found = [use for source in _sources for use in source.uses(number_hash, telephone_end)]
    return sorted(found, key=lambda use: (use.day, use.number), reverse=True)


def years_of(number_hash: bytes, year: int) -> list[Year]:
    """What is counted in that year."""
    return [source.year(number_hash, year) for source in _sources]

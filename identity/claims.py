"""Who one says one is, for some minutes: kept in the session as numbers of rows, never as a name or a number."""

from __future__ import annotations

import time
from dataclasses import dataclass
from uuid import UUID

from allauth.core.internal.ratelimit import get_ip
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone

from identity import services
from identity.library import Pair, find, result_of
from identity.models import Ground, Verification
from identity.ports import Use, uses_of
from trail.actors import Actor

SESSION = "identity_claim"
MINUTES = 10
PER_ADDRESS, PER_NUMBER = (20, 3600), (10, 86400)  # tries, seconds
PERSON = Actor("system", "buyer", "the person concerned")


@dataclass(frozen=True, slots=True)
class Claim:
    """A person before their page. `known`: the answer of the library is there; `verified`: it is a match.

    `own`: one of their orders bears the telephone they gave, so they see their lists one by one.
    """

    check: Verification
    known: bool
    verified: bool
    own: frozenset[UUID]

    def uses(self) -> list[Use]:
        """The lists that name them; none for who is not verified, whatever there is."""
        return uses_of(bytes(self.check.number_hash)) if self.verified else []


def _allowed(what: str, who: str, limit: tuple[int, int]) -> bool:
    key = f"identity:{what}:{who}"
    cache.add(key, 0, limit[1])
    try:
        return cache.incr(key) <= limit[0]
    except ValueError:  # it ran out in between
        return True


def may_try(request: HttpRequest, pair: Pair) -> bool:
    """False where this address, or anybody for this number, has tried too often: four digits can be guessed."""
    here = _allowed("address", get_ip(request), PER_ADDRESS)
    return _allowed("number", pair.key.number_hash.hex(), PER_NUMBER) and here


def begin(request: HttpRequest, pair: Pair, telephone_end: str) -> None:
    """The same work for everybody, known or not: the pair is checked, the lists are looked up."""
    services.check(pair.name, pair.number, by=PERSON, ground=Ground.OWN, reason="buyer's page")
    own = [str(use.id) for use in uses_of(pair.key.number_hash, telephone_end) if use.own_telephone]
    row = find([pair.key])[pair.key]
    request.session[SESSION] = {"check": str(row.pk), "own": own, "until": time.time() + 60 * MINUTES}


def current(request: HttpRequest) -> Claim | None:
    """The claim of this session; None when there is none or its minutes are over."""
    held = request.session.get(SESSION)
    if not held or held["until"] < time.time():
        end(request)
        return None
    row = Verification.objects.filter(pk=held["check"]).first()
    if row is None:
        return None
    outcome = result_of(row, timezone.now()).outcome
    own = frozenset(UUID(key) for key in held["own"])
    return Claim(row, outcome != "unavailable", outcome == "match", own)


def end(request: HttpRequest) -> None:
    """Leave nothing in the session."""
    request.session.pop(SESSION, None)

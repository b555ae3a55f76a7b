"""What became of each file of an upload, kept for the result page.

Every file is taken in by itself: one that is refused stops no other. The outcomes are kept in a session row
of their own under an unguessable key, so that the page can be reloaded and read in the other language; the
documents themselves are kept by intake alone.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.sessions.backends.db import SessionStore
from django.core.files.uploadedfile import UploadedFile
from django.db import DatabaseError

from accounts.principals import Principal
from customs.ceb.xml import MAX_BYTES
from customs.intake import Conflict, receive_message
from reference.problems import Problem, Refused

log = logging.getLogger(__name__)
KEPT_SECONDS = 24 * 3600
SHOWN = 1000  # problems of one file; the number of all is always said


@dataclass(frozen=True, slots=True)
class Outcome:
    """One file: accepted with its number, or refused with everything that is wrong."""

    name: str
    result: str  # accepted, repeated, refused, conflict, failed
    reference: str = ""
    documents: int = 0
    problems: tuple[Problem, ...] = ()
    problem_count: int = 0

    @property
    def is_accepted(self) -> bool:
        """It has a number, new or given before."""
        return self.result in {"accepted", "repeated"}

    @property
    def more(self) -> int:
        """Problems that are not shown."""
        return self.problem_count - len(self.problems)


def take_in(files: Iterable[UploadedFile], principal: Principal) -> list[Outcome]:
    """Every file through the one intake."""
    # One byte more than is taken is refused like any more, and never all of it in memory.
    return [_take(str(file.name), file.read(MAX_BYTES + 1), principal) for file in files]


def _take(name: str, data: bytes, principal: Principal) -> Outcome:
    try:
        received = receive_message(data, principal=principal, channel="browser")
    except Refused as refused:
        shown = refused.problems[:SHOWN]
        return Outcome(name, "refused", problems=shown, problem_count=len(refused.problems))
    except Conflict as conflict:
        return Outcome(name, "conflict", reference=conflict.submission.reference or "")
    except DatabaseError:
        # The files before this one are stored: their numbers must reach the sender all the same.
        log.exception("an uploaded file could not be stored")
        return Outcome(name, "failed")
    result = "accepted" if received.created else "repeated"
    return Outcome(name, result, received.submission.reference or "", received.documents)


def keep(outcomes: Iterable[Outcome], principal: Principal) -> str:
    """Keep the outcomes for their page; the key of that page."""
    store = SessionStore()
    store["upload_of"] = principal.throttle_id
    store["outcomes"] = [_stored(outcome) for outcome in outcomes]
    store.set_expiry(KEPT_SECONDS)
    store.create()
    return str(store.session_key)


def kept(key: str, principal: Principal) -> list[Outcome] | None:
    """The outcomes under that key when they are this person's."""
    store = SessionStore(key)
    if store.get("upload_of") != principal.throttle_id:
        return None
    return [_restored(row) for row in store["outcomes"]]


def _stored(outcome: Outcome) -> dict[str, Any]:
    return {
        "name": outcome.name,
        "result": outcome.result,
        "reference": outcome.reference,
        "documents": outcome.documents,
        "problems": [problem.as_stored() for problem in outcome.problems],
        "problem_count": outcome.problem_count,
    }


def _restored(row: dict[str, Any]) -> Outcome:
    problems = tuple(Problem.from_stored(one) for one in row["problems"])
    return Outcome(**(row | {"problems": problems}))

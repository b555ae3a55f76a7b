"""The life of a check and of a report of misuse: two tables, walked by `submissions.lifecycle.advance` alone."""

from __future__ import annotations

from identity.models import MisuseReport, MisuseState, Verification, VerificationState
from submissions.lifecycle import ANYONE, NEW, PERSON, SYSTEM, Step, Table

V, M = VerificationState, MisuseState
_SETTLED = (V.MATCH, V.MISMATCH, V.NOT_IN_BASE)


def _steps(*steps: Step) -> dict[str, Step]:
    return {step.verb: step for step in steps}


def _quiet(
    verb: str, sources: tuple[str, ...], target: str, who: tuple = SYSTEM, condition: str = ""
) -> Step:
    """A step whose trail row the service writes itself, with what matters of it."""
    return Step(verb, sources, target, who, logged=False, public=False, condition=condition)


_DUE = "t.due_at <= clock_timestamp()"
_LEASE_OVER = "t.leased_until <= clock_timestamp()"

VERIFICATION = Table(
    "verification",
    Verification,
    "NULL::uuid, NULL::uuid",
    _steps(
        _quiet("queue", (NEW,), V.PENDING, ANYONE),
        _quiet("claim", (V.PENDING,), V.ASKING, condition=_DUE),
        _quiet("reclaim", (V.ASKING,), V.ASKING, condition=_LEASE_OVER),
        _quiet("put_off", (V.ASKING,), V.PENDING),
        _quiet("ask_next", (V.ASKING,), V.PENDING),
        _quiet("match", (V.ASKING,), V.MATCH),
        _quiet("mismatch", (V.ASKING,), V.MISMATCH),
        _quiet("not_in_base", (V.ASKING,), V.NOT_IN_BASE),
        _quiet("renew", _SETTLED, V.PENDING, ANYONE),
    ),
)

# Hooks: "identity.misuse_reported", "identity.misuse_confirmed", "identity.misuse_rejected"; their ids are the
# reports', their submissions those whose lists were named, `why` the report's reference number.
MISUSE = Table(
    "identity",
    MisuseReport,
    "NULL::uuid, NULL::uuid",
    _steps(
        _quiet("misuse_reported", (NEW,), M.OPEN, ANYONE),
        _quiet("misuse_confirmed", (M.OPEN,), M.CONFIRMED, PERSON),
        _quiet("misuse_rejected", (M.OPEN,), M.REJECTED, PERSON),
    ),
)

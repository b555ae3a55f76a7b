"""The life of a submission, its referrals, its dispatches and the inbox: four tables, and the only writer of
a state.

Each row of a table says: verb, from which states, to which, and who may. The database picks the winner of a
race (`UPDATE … WHERE id AND state IN (from)`); what happened is logged in the same transaction by
`history.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection, models, transaction
from django.utils.functional import Promise

from submissions import history
from submissions.models import (
    Dispatch,
    DispatchState,
    InboxMessage,
    InboxState,
    Referral,
    ReferralState,
    Submission,
    SubmissionState,
)
from trail import prepared
from trail.actors import Actor, Kind
from trail.inserts import insert

Words = str | Promise
NEW = ""  # the state of what does not exist yet
PERSON: tuple[Kind, ...] = ("person",)
APPLICANT: tuple[Kind, ...] = ("person", "client")
OFFICIAL: tuple[Kind, ...] = ("person", "agency", "system")
SYSTEM: tuple[Kind, ...] = ("system",)
ANYONE: tuple[Kind, ...] = ("person", "client", "agency", "system")


@dataclass(frozen=True, slots=True)
class Step:
    """One verb. `logged`: leaves a transition, a trail row and hooks.

    `public`: also a row in the change feed. `also`: what the step counts besides the state, SQL of our own.
    """

    verb: str
    sources: tuple[str, ...]
    target: str
    who: tuple[Kind, ...]
    logged: bool = True
    public: bool = True
    condition: str = ""  # SQL on the row `t`, besides the state
    also: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """The verbs of one kind of row; `owner` finds the submission and the referral of the row `t` in SQL."""

    name: str
    model: type[models.Model]
    owner: str
    steps: Mapping[str, Step]
    join: str = ""

    def step(self, verb: str, by: Actor) -> Step:
        """The verb, when this kind of actor may; `NotAllowed` otherwise."""
        step = self.steps[verb]
        if by.kind not in step.who:
            raise NotAllowed(f"{by.kind} may not {self.name}.{verb}")
        return step


class NotAllowed(PermissionError):
    """This kind of actor may never do this."""


class WrongState(Exception):
    """The verb does not fit the state found: a page was old, or somebody was faster."""

    def __init__(self, table: str, verb: str, found: str) -> None:
        super().__init__(f"{table}.{verb} does not fit the state {found or 'unknown'}")
        self.table, self.verb, self.found = table, verb, found


class NotThisWay(WrongState):
    """A desk's own rule forbids the verb; `words` say what happens instead."""

    def __init__(self, table: str, verb: str, found: str, words: Words) -> None:
        super().__init__(table, verb, found)
        self.words = words


@dataclass(frozen=True, slots=True)
class Moved:
    """A row that took the step."""

    id: UUID
    from_state: str
    submission_id: UUID | None
    referral_id: UUID | None
    values: tuple[Any, ...] = ()  # what `advance` was asked to return


def _steps(*steps: Step) -> dict[str, Step]:
    return {step.verb: step for step in steps}


S, R, D, N = SubmissionState, ReferralState, DispatchState, InboxState
_DECIDED = (S.ACCEPTED, S.PARTLY_ACCEPTED, S.REFUSED)
_OPEN = (S.IN_PROGRESS, S.ACTION_NEEDED)
_PENDING = (R.WAITING, R.SENT, R.INFORMATION_REQUESTED)

# The verbs from "carry_on" to "refuse" follow from the joint state; `joint.recompute` alone uses them.
SUBMISSION = Table(
    "submission",
    Submission,
    "t.id, NULL::uuid",
    _steps(
        Step("draft", (NEW,), S.DRAFT, APPLICANT, public=False),
        Step("submit", (NEW, S.DRAFT), S.IN_PROGRESS, ("person", "client", "system")),
        Step("withdraw", (S.DRAFT, *_OPEN), S.WITHDRAWN, APPLICANT),
        Step("carry_on", (S.ACTION_NEEDED, *_DECIDED), S.IN_PROGRESS, ANYONE),
        Step("ask", (S.IN_PROGRESS, *_DECIDED), S.ACTION_NEEDED, ANYONE),
        Step("accept", (*_OPEN, S.PARTLY_ACCEPTED, S.REFUSED), S.ACCEPTED, ANYONE),
        Step("accept_partly", (*_OPEN, S.ACCEPTED, S.REFUSED), S.PARTLY_ACCEPTED, ANYONE),
        Step("refuse", (*_OPEN, S.ACCEPTED, S.PARTLY_ACCEPTED), S.REFUSED, ANYONE),
    ),
)
JOINT_VERBS: Mapping[str, str] = {
    S.IN_PROGRESS: "carry_on",
    S.ACTION_NEEDED: "ask",
    S.ACCEPTED: "accept",
    S.PARTLY_ACCEPTED: "accept_partly",
    S.REFUSED: "refuse",
}

REFERRAL = Table(
    "referral",
    Referral,
    "t.submission_id, t.id",
    _steps(
        Step("refer", (NEW,), R.WAITING, ("person", "client", "system"), logged=False),
        Step("send", (R.WAITING,), R.SENT, SYSTEM),
        Step("ask_information", (R.WAITING, R.SENT), R.INFORMATION_REQUESTED, OFFICIAL),
        Step("give_information", (R.INFORMATION_REQUESTED,), R.SENT, APPLICANT),
        # From "waiting" too: an agency may answer before we have settled that it has it.
        Step("accept", _PENDING, R.ACCEPTED, OFFICIAL),
        Step("refuse", _PENDING, R.REFUSED, OFFICIAL),
        Step("withdraw", _PENDING, R.WITHDRAWN, APPLICANT),
        Step("again", (R.REFUSED,), R.WAITING, ("person", "system")),
    ),
)

DISPATCH = Table(
    "dispatch",
    Dispatch,
    "r.submission_id, t.referral_id",
    _steps(
        Step("queue", (NEW,), D.QUEUED, ANYONE, logged=False),
        Step("hold", (NEW,), D.HELD, ANYONE, logged=False),
        Step("release", (D.HELD,), D.QUEUED, ANYONE, public=False),
        Step(
            "claim",
            (D.QUEUED,),
            D.LEASED,
            SYSTEM,
            logged=False,
            condition="t.due_at <= clock_timestamp()",
            also="attempts_made = attempts_made + 1",
        ),
        Step(
            "reclaim",
            (D.LEASED,),
            D.LEASED,
            SYSTEM,
            logged=False,
            condition="t.leased_until <= clock_timestamp()",
            also="attempts_made = attempts_made + 1",
        ),
        # Of a set that was leased together: not tried after all, so no try is counted.
        Step(
            "give_back",
            (D.LEASED,),
            D.QUEUED,
            SYSTEM,
            logged=False,
            also="attempts_made = attempts_made - 1",
        ),
        Step("put_off", (D.LEASED,), D.QUEUED, SYSTEM, logged=False),
        Step("deliver", (D.LEASED,), D.SENT, SYSTEM, public=False),
        Step("refuse", (D.LEASED,), D.REFUSED, SYSTEM, public=False),
        Step("stop", (D.LEASED,), D.STOPPED, SYSTEM, public=False),
        Step("again", (D.STOPPED, D.REFUSED, D.SENT), D.QUEUED, ("person", "system"), public=False),
        Step("cancel", (D.HELD, D.QUEUED, D.STOPPED), D.CANCELLED, APPLICANT, public=False),
    ),
    join="JOIN submissions_referral r ON r.id = t.referral_id",
)

INBOX = Table(
    "inbox",
    InboxMessage,
    "NULL::uuid, NULL::uuid",
    _steps(
        Step("store", (NEW,), N.RECEIVED, ANYONE, logged=False),
        Step("apply", (N.RECEIVED,), N.APPLIED, SYSTEM, logged=False),
        Step("park", (N.RECEIVED,), N.PARKED, SYSTEM, public=False),
        Step("replay", (N.PARKED,), N.RECEIVED, ("person", "system"), public=False),
    ),
)
TABLES = (SUBMISSION, REFERRAL, DISPATCH, INBOX)


RowT = TypeVar("RowT", Submission, Referral, Dispatch, InboxMessage)


def create(
    table: Table,
    rows: Sequence[RowT],
    verb: str,
    *,
    by: Actor,
    known: Mapping[UUID, history.Case] | None = None,
) -> list[RowT]:
    """Insert rows in the state in which that verb begins; logged like a step.

    What the database fills in is read when it is asked for. `known`: the submissions, see `history.write`.
    """
    step = table.step(verb, by)
    for row in rows:
        row.state = step.target
    with transaction.atomic():
        _insert(table.model, rows)
        if rows and step.logged:
            moved = [Moved(row.pk, NEW, row.pk if table is SUBMISSION else None, None) for row in rows]
            _log(table, step, moved, by=by, known=known)
    return list(rows)


@cache
def _filled(model: type[models.Model]) -> tuple[list[models.Field], list[str]]:
    """The columns that we fill, and the names of those that the database fills."""
    fields = [field for field in model._meta.concrete_fields if not field.has_db_default()]
    return fields, [field.attname for field in model._meta.concrete_fields if field.has_db_default()]


def _insert(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    fields, left = _filled(model)
    insert(
        model._meta.db_table,
        [str(field.column) for field in fields],
        (
            [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
            for row in rows
        ),
    )
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias
        for name in left:
            row.__dict__.pop(name, None)


def advance(
    table: Table,
    ids: Iterable[UUID],
    verb: str,
    *,
    by: Actor,
    why: str = "",
    words: str = "",
    changes: Mapping[str, Any] | None = None,
    guard: Mapping[str, Any] | None = None,
    skip_locked: bool = False,
    returning: Sequence[str] = (),
    apart: bool = False,
) -> list[Moved]:
    """Move those of `ids` whose state allows the verb, in one statement; returns those that moved.

    `changes` are further columns to write, `guard` columns that must hold these values (a lease). Rows are
    locked in the order of their ids, so that two calls never wait for each other; `skip_locked` leaves out
    rows that somebody else holds. `returning`: columns read back after the step (`Moved.values`). `apart`: the
    rows were handled one by one, and each has its own trail row.
    """
    step = table.step(verb, by)
    keys = list(ids)
    if not keys:
        return []
    with transaction.atomic():
        moved = _update(
            table,
            step,
            keys,
            changes=changes or {},
            guard=guard or {},
            skip_locked=skip_locked,
            returning=returning,
        )
        if moved and step.logged:
            _log(table, step, moved, by=by, why=why, words=words, apart=apart)
    return moved


def advance_one(table: Table, key: UUID, verb: str, *, by: Actor, **rest: Any) -> Moved:
    """`advance` for one row; `WrongState` when it did not move."""
    moved = advance(table, [key], verb, by=by, **rest)
    if not moved:
        found = table.model._default_manager.filter(pk=key).values_list("state", flat=True).first()
        raise WrongState(table.name, verb, str(found or ""))
    return moved[0]


def _update(
    table: Table,
    step: Step,
    keys: list[UUID],
    *,
    changes: Mapping[str, Any],
    guard: Mapping[str, Any],
    skip_locked: bool,
    returning: Sequence[str],
) -> list[Moved]:
    """The conditional UPDATE. Names of columns come from our code, values always travel as parameters."""
    name = table.model._meta.db_table
    conditions = ["t.id = ANY(%s::uuid[])", "t.state = ANY(%s)", *(f"t.{column} = %s" for column in guard)]
    if step.condition:
        conditions.append(step.condition)
    columns = ", ".join([*(f"{column} = %s" for column in ("state", *changes)), *filter(None, [step.also])])
    wanted = "".join(f", {name}.{column}" for column in returning)
    statement = f"""
        WITH old AS (
            SELECT t.id, t.state, {table.owner} FROM {name} t {table.join}
            WHERE {" AND ".join(conditions)}
            ORDER BY t.id FOR NO KEY UPDATE OF t {"SKIP LOCKED" if skip_locked else ""}
        ), old_named (id, state, submission_id, referral_id) AS (SELECT * FROM old)
        UPDATE {name} SET {columns} FROM old_named o WHERE {name}.id = o.id
        RETURNING o.id, o.state, o.submission_id, o.referral_id{wanted}
    """  # noqa: S608 - see the docstring
    sources = [str(source) for source in step.sources if source]
    parameters = [keys, sources, *guard.values(), str(step.target), *changes.values()]
    found = prepared.rows(statement, parameters)
    return [Moved(row[0], row[1], row[2], row[3], row[4:]) for row in found]


def _log(
    table: Table,
    step: Step,
    moved: Sequence[Moved],
    *,
    by: Actor,
    why: str = "",
    words: str = "",
    apart: bool = False,
    known: Mapping[UUID, history.Case] | None = None,
) -> None:
    history.write(
        table=table.name,
        verb=step.verb,
        to_state=str(step.target),
        rows=[(row.id, row.from_state, row.submission_id, row.referral_id) for row in moved],
        by=by,
        why=why,
        words=words,
        public=step.public,
        apart=apart,
        known=known,
    )

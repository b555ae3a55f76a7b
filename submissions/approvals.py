"""The verbs of a second approval, whatever is approved: prepared by one, approved or sent back by another.

A desk has a model of its own (`models.SecondApproval`) with its `Table` made by `approval_table`, and says what
approving does. Permission of both people: `queue.work`.
"""

from __future__ import annotations

from uuid import UUID

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from accounts.models import User
from reference.problems import Problem, Refused
from submissions.history import write as write_history
from submissions.lifecycle import PERSON, Step, Table, advance_one
from submissions.models import SecondApproval
from trail.actors import Actor


def approval_table(name: str, model: type[models.Model], *, owner: str, join: str) -> Table:
    """The life of a prepared decision. `owner`, `join`: how its submission is found, as in `lifecycle.Table`."""
    steps = (
        Step("prepare", ("",), "prepared", PERSON, public=False),
        Step("approve", ("prepared",), "approved", PERSON, public=False),
        Step("send_back", ("prepared",), "sent_back", PERSON, public=False),
    )
    return Table(name, model, owner, {step.verb: step for step in steps}, join=join)


def unexplained(reason: str) -> list[Problem]:
    """A decision without its reason is none."""
    if reason.strip():
        return []
    return [Problem("approval.reason", "/reason", _("Give the reason of the decision."))]


def prepared(row: SecondApproval, table: Table, *, submission_id: UUID, by: Actor) -> None:
    """Leave trail and history of what was just prepared; in the caller's transaction."""
    step = table.step("prepare", by)
    write_history(
        table=table.name,
        verb=step.verb,
        to_state=step.target,
        rows=[(row.pk, "", submission_id, None)],
        by=by,
        why=row.reason,
        words="",
        public=step.public,
    )


def another(row: SecondApproval, user: User) -> None:
    """`Refused` for who prepared it."""
    if row.prepared_by_id == user.pk:
        text = _("Who prepared a decision does not approve it: a colleague does.")
        raise Refused([Problem(f"{row._meta.model_name}.same_person", str(row.pk), text)])


def approve(row: SecondApproval, table: Table, *, user: User, by: Actor, why: str = "") -> None:
    """The second person agrees; what follows is the caller's, in the same transaction. `WrongState` when decided."""
    another(row, user)
    _decide(row, table, "approve", user=user, by=by, why=why)


def send_back(row: SecondApproval, table: Table, *, user: User, by: Actor, why: str) -> None:
    """Not approved. `Refused` for who prepared it, or without a reason."""
    another(row, user)
    if not why.strip():
        text = _("Say why it is sent back.")
        raise Refused([Problem(f"{row._meta.model_name}.why", "/why", text)])
    with transaction.atomic():
        _decide(row, table, "send_back", user=user, by=by, why=why)


def _decide(row: SecondApproval, table: Table, verb: str, *, user: User, by: Actor, why: str) -> None:
    changes = {"decided_by_id": user.pk, "decided_at": timezone.now(), "why": why.strip()}
    advance_one(table, row.pk, verb, by=by, why=why, changes=changes)

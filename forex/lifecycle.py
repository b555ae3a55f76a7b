"""How inward payments, payout statements and declarations go on: three tables, and the only writer of their states.

A step is one conditional UPDATE; what it leaves in the trail is written in the same transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import models, transaction

from forex.models import (
    BopDeclaration,
    BopState,
    InwardPayment,
    PaymentState,
    PayoutStatement,
    StatementState,
)
from submissions import feed
from submissions.lifecycle import WrongState
from trail import services as trail
from trail.actors import Actor


@dataclass(frozen=True, slots=True)
class Step:
    """One verb: from which states, to which."""

    verb: str
    sources: tuple[str, ...]
    target: str


@dataclass(frozen=True, slots=True)
class Table:
    """The verbs of one kind of row."""

    name: str
    model: type[models.Model]
    steps: Mapping[str, Step]


def _steps(*steps: Step) -> dict[str, Step]:
    return {step.verb: step for step in steps}


P, S, B = PaymentState, StatementState, BopState

PAYMENT = Table(
    "inward_payment",
    InwardPayment,
    _steps(
        Step("match", tuple(P), P.MATCHED),
        Step("match_partly", tuple(P), P.PARTLY_MATCHED),
        Step("unmatch", (P.PARTLY_MATCHED, P.MATCHED), P.UNMATCHED),
    ),
)
STATEMENT = Table(
    "payout_statement",
    PayoutStatement,
    _steps(
        Step("pay", tuple(S), S.PAID),
        Step("pay_partly", tuple(S), S.PARTLY_PAID),
        Step("open", (S.PARTLY_PAID, S.PAID), S.UNPAID),
    ),
)
BOP = Table(
    "bop_declaration",
    BopDeclaration,
    _steps(
        Step("accept", (B.SUBMITTED,), B.ACCEPTED),
        Step("return", (B.SUBMITTED,), B.RETURNED),
        Step("replace", (B.RETURNED,), B.REPLACED),
        Step("withdraw", (B.SUBMITTED,), B.WITHDRAWN),
    ),
)
TABLES = (PAYMENT, STATEMENT, BOP)


def advance(
    table: Table,
    key: UUID,
    verb: str,
    *,
    by: Actor,
    changes: Mapping[str, Any] | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Take one step; `WrongState` when the row is not where the verb begins."""
    step = table.steps[verb]
    rows = table.model._default_manager.filter(pk=key, state__in=step.sources)
    with transaction.atomic():
        if not rows.update(state=step.target, **(changes or {})):
            found = table.model._default_manager.filter(pk=key).values_list("state", flat=True).first()
            raise WrongState(table.name, verb, str(found or ""))
        trail.record(
            f"{table.name}.{verb}", by=by, object_type=table.name, object_id=key, detail=dict(detail or {})
        )
        if table is BOP:
            publish(key, verb)


def publish(key: UUID, verb: str) -> None:
    """A row of the change feed for company and bank: which declaration, in which version, went where."""
    row = BopDeclaration.objects.select_related("submission", "payment__bank").get(pk=key)
    data = {
        "declaration_no": row.payment.declaration_no,
        "version": row.version,
        "state": row.state,
        "code": row.code,
        "safe_no": row.safe_no,
    }
    parties, agencies = [row.payment.company_id], [row.payment.bank.code]
    feed.publish(
        f"{BOP.name}.{verb}", row.submission, BOP.name, key, data, parties=parties, agencies=agencies
    )

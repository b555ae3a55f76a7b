"""Taking in payout statements: the same one twice makes nothing twice."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop

from accounts.models import Company
from forex.matching import match
from forex.models import PayoutLine, PayoutStatement
from forex.statement_rules import AMOUNTS, Statement
from reference.problems import Problem, Refused
from trail import services as trail
from trail.actors import Actor


@dataclass(frozen=True, slots=True)
class Kept:
    """The statement's row; `created` is False when this very statement was here already."""

    statement: PayoutStatement
    created: bool


def hand_in(company: Company, statement: Statement, *, by: Actor) -> Kept:
    """Keep a checked statement; `Refused` when its number was used for other content."""
    row = _row(company, statement, by)
    with transaction.atomic():
        PayoutStatement.objects.bulk_create([row], ignore_conflicts=True)
        kept = PayoutStatement.objects.get(company=company, platform=row.platform, number=row.number)
        if kept.pk == row.pk:
            _lines(kept, statement)
            detail = {
                "number": row.number,
                "net": f"{row.currency} {row.net}",
                "orders": len(statement.lines),
            }
            trail.record(
                "payout_statement.hand_in",
                by=by,
                object_type="payout_statement",
                object_id=row.pk,
                detail=detail,
            )
            return Kept(kept, created=True)
    if kept.content_sha256 == row.content_sha256:
        return Kept(kept, created=False)
    message = gettext_noop("A statement of this number with other content was handed in before.")
    raise Refused([Problem("statement.number_reused", "/number", message)])


def hand_in_for(
    company: Company, payment_id: UUID, statement: Statement, *, by: Actor
) -> tuple[Kept, Problem | None]:
    """Keep a statement and match it with a payment; the problem when they could not be matched."""
    kept = hand_in(company, statement, by=by)
    try:
        match(payment_id, kept.statement.pk, company_id=company.pk, by=by)
    except Refused as refused:
        return kept, refused.problems[0]
    return kept, None


def _row(company: Company, statement: Statement, by: Actor) -> PayoutStatement:
    head = statement.head
    return PayoutStatement(
        company=company,
        platform=head.platform.strip()[:100],
        number=head.number.strip()[:60],
        period_from=head.period_from,
        period_to=head.period_to,
        currency=head.currency,
        net=statement.net,
        content_sha256=statement.digest,
        created_by=by.sentence[:200],
        **{name: statement.sums[name] for name in AMOUNTS},
    )


def _lines(row: PayoutStatement, statement: Statement) -> None:
    PayoutLine.objects.bulk_create(
        PayoutLine(
            statement=row,
            number=number,
            order_no=line.order_no,
            **{name: getattr(line, name) for name in AMOUNTS},
        )
        for number, line in enumerate(statement.lines, start=1)
    )

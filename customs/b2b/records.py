"""The record of a declaration: written when the form is handed in, and again when customs' question is answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Company
from customs.b2b.goods import GoodsLine
from customs.b2b.judging import Judged, declarant_of, judge, judged
from customs.b2b.lifecycle import DECLARATION
from customs.b2b.rules import Reason
from customs.models import B2BDeclaration, B2BLine
from reference.problems import Refused
from submissions.definitions.reading import errors
from submissions.history import write as write_history
from submissions.lifecycle import advance_one
from submissions.models import Submission
from trail.actors import Actor

PLAIN = (
    "trade_mode",
    "order_no",
    "booking_no",
    "logistics_no",
    "warehouse",
    "country",
    "customs_office",
    "currency",
)


def handed_in(submission: Submission, values: Mapping[str, Any], by: Actor) -> None:
    """Write the record with its lines and its classification, frozen as of today."""
    row = B2BDeclaration(submission=submission, company=submission.company)
    _fill(row, values)
    step = DECLARATION.step("declare", by)
    with transaction.atomic():
        row.save(force_insert=True)
        _lines(row, judged(submission.company, values, row.declared_on))
        write_history(
            table=DECLARATION.name,
            verb=step.verb,
            to_state=step.target,
            rows=[(row.pk, "", submission.pk, None)],
            by=by,
            why="",
            words="",
            public=step.public,
        )


def answered(submission: Submission, values: Mapping[str, Any], by: Actor) -> None:
    """The corrected declaration takes the place of the former; `Refused` when something is wrong with it."""
    if found := errors(judge(submission.company, values)):
        raise Refused(found)
    with transaction.atomic():
        row = B2BDeclaration.objects.select_for_update(no_key=True, of=("self",)).get(submission=submission)
        advance_one(DECLARATION, row.pk, "correct", by=by)
        row.refresh_from_db()
        _fill(row, values)
        row.version += 1
        row.save()
        row.lines.all().delete()
        _lines(row, judged(submission.company, values, row.declared_on))


def _fill(row: B2BDeclaration, values: Mapping[str, Any]) -> None:
    """Columns from the form; the day of declaration is today, and what the rules say is of today."""
    row.declared_on = timezone.localdate()
    found = judged(row.company, values, row.declared_on)
    declarant = declarant_of(row.company, values)
    assert declarant is not None  # noqa: S101 - `judge` has refused every other
    row.declarant = declarant
    for name in PLAIN:
        setattr(row, name, str(values.get(name, "")))
    row.refund = bool(values.get("refund"))
    row.amount, row.cny = found.total.amount, found.total.cny
    row.rate = found.total.rate.value if found.total.rate else None
    told = found.classification
    row.verdict, row.fitting_mode, row.documents = told.verdict, told.fitting, told.documents
    row.reasons = [as_stored(reason) for reason in told.reasons]


def on_record(company: Company, values: Mapping[str, Any]) -> dict[str, Any]:
    """What customs gets beside the form: goods as filed, sums, and what the rules say."""
    found = judged(company, values)
    told = found.classification
    return {
        "lines": [_on_wire(line) for line in found.lines],
        "amount": str(found.total.amount),
        "cny": None if found.total.cny is None else str(found.total.cny),
        "classification": {
            "verdict": told.verdict,
            "fitting_mode": told.fitting,
            "documents": told.documents,
            "unmet": [f"{one.mode}.{one.rule}" for one in told.reasons if not one.met],
        },
    }


def _on_wire(line: GoodsLine) -> dict[str, Any]:
    filed = line.filed
    return {
        "gnum": line.gnum,
        "item_no": line.item_no,
        "goods_name": filed.name if filed else "",
        "hs": filed.hs10 if filed else "",
        "unit": filed.unit if filed else "",
        "quantity": str(line.quantity),
        "unit_price": str(line.unit_price),
        "amount": str(line.amount),
    }


def as_stored(reason: Reason) -> dict[str, Any]:
    """A condition as it is kept: its words can be shown in both languages ever after."""
    return {
        "rule": reason.rule,
        "mode": reason.mode,
        "met": reason.met,
        "problem": reason.problem.as_stored(),
        "source": reason.source.text,
        "standing": reason.source.standing,
        "note_zh": reason.source.note_zh,
        "note_en": reason.source.note_en,
    }


def _lines(row: B2BDeclaration, found: Judged) -> None:
    B2BLine.objects.bulk_create(
        B2BLine(
            declaration=row,
            gnum=line.gnum,
            item_no=line.item_no,
            goods_name=line.filed.name if line.filed else "",
            hs10=line.filed.hs10 if line.filed else "",
            unit=line.filed.unit if line.filed else "",
            quantity=line.quantity,
            unit_price=line.unit_price,
            amount=line.amount,
        )
        for line in found.lines
    )

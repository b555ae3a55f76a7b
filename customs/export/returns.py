"""Returns of exported goods: an official of customs enters them, once for a line (rules R12.05, R12.07)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from accounts.permissions import Permission
from accounts.principals import Principal
from customs.lifecycle import CUSTOMS
from customs.models import DocumentState, ExportList, ExportListLine, ExportReturn
from reference.problems import Problem, Refused
from submissions.feed import NewChange, publish_many
from submissions.registry import Happened, run_hooks
from trail.services import record

AGENCY = "customs"
MODES = ("9661", "1261")
RETURNABLE = (DocumentState.RELEASED, DocumentState.CLOSED)
# Customs allows a return within a year of release (GACC 2020-44).
LAST_DAY = 365

TEXTS = {
    "return.state": _("Only goods of a list that was released can come back."),
    "return.line": _("The list has no line {line}."),
    "return.quantity": _("{quantity} is not between nothing and the {declared} declared."),
    "return.day": _(
        "The day of return lies before the release, in the future, or more than a year after it."
    ),
    "return.mode": _("The supervision mode of a return is 9661 or 1261."),
    "return.twice": _("The return of this line is on record already."),
    "return.reason": _("Say why the goods came back."),
}


def _problem(code: str, path: str, /, **params: object) -> Problem:
    return Problem(code, path, TEXTS[code], {name: str(value) for name, value in params.items()})


@dataclass(frozen=True, slots=True)
class Returned:
    """What the official writes down. `quantity` in the declared unit."""

    list_id: UUID
    gnum: int
    returned_on: date
    quantity: Decimal
    mode: str
    reason: str


def enter_return(told: Returned, *, by: Principal) -> ExportReturn:
    """Put a return on record. `Refused` with everything that is wrong; only officials of customs may."""
    by.require(Permission.QUEUE_WORK)
    if by.agency is None or by.agency.code != AGENCY:
        raise PermissionDenied
    with transaction.atomic():
        lists = ExportList.objects.select_for_update(of=("self",)).defer("personal")
        one = lists.get(pk=told.list_id)
        line = ExportListLine.objects.filter(export_list_id=one.pk, gnum=told.gnum).first()
        if problems := [*_wrong_list(one, told), *_wrong_line(line, told)]:
            raise Refused(problems)
        entered = _create(told, by)
        record(
            "export_return.enter",
            by=by.actor,
            object_type="export_list",
            object_id=one.pk,
            detail={"line": told.gnum, "returned_on": told.returned_on.isoformat(), "reason": told.reason},
        )
        _tell(one, entered)
    return entered


def _wrong_list(one: ExportList, told: Returned) -> Iterator[Problem]:
    released = timezone.localdate(one.released_at) if one.released_at else None
    if one.state not in RETURNABLE or released is None:
        yield _problem("return.state", "/list")
    elif (
        not released <= told.returned_on <= timezone.localdate()
        or (told.returned_on - released).days > LAST_DAY
    ):
        yield _problem("return.day", "/returned_on")


def _wrong_line(line: ExportListLine | None, told: Returned) -> Iterator[Problem]:
    if line is None:
        yield _problem("return.line", "/line", line=told.gnum)
    elif not 0 < told.quantity <= line.qty:
        declared = f"{line.qty.normalize():f}"
        yield _problem("return.quantity", "/quantity", quantity=told.quantity, declared=declared)
    if told.mode not in MODES:
        yield _problem("return.mode", "/mode")
    if not told.reason.strip():
        yield _problem("return.reason", "/reason")


def _create(told: Returned, by: Principal) -> ExportReturn:
    try:
        with transaction.atomic():
            return ExportReturn.objects.create(
                export_list_id=told.list_id,
                gnum=told.gnum,
                returned_on=told.returned_on,
                quantity=told.quantity,
                mode=told.mode,
                reason=told.reason,
                entered_by=by.actor.label[:200],
            )
    except IntegrityError as twin:
        raise Refused([_problem("return.twice", "/line")]) from twin


def _tell(one: ExportList, entered: ExportReturn) -> None:
    """Feed and hook `export-list-returned`: ids are those of the list."""
    data = {
        "invt_no": one.invt_no,
        "order_no": one.order_no,
        "line": entered.gnum,
        "returned_on": entered.returned_on.isoformat(),
        "quantity": str(entered.quantity),
    }
    change = NewChange(
        event="export-goods-returned",
        submission_id=one.message_id,
        object_type="export_list",
        object_id=str(one.pk),
        data=data,
        parties=tuple(one.parties),
        agencies=(AGENCY,),
    )
    publish_many([change])
    run_hooks(Happened("export-list-returned", (one.pk,), (one.message_id,), CUSTOMS, "", entered.reason))

"""Returns of exported goods: an official of customs enters them, at once or in parts (rules R12.05, R12.07)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from accounts.permissions import Permission
from accounts.principals import Principal
from accounts.selectors import companies_by_codes
from customs.lifecycle import CUSTOMS
from customs.models import DocumentState, ExportList, ExportListLine, ExportReturn
from customs.presenters import list_url
from reference.keys import uuid7
from reference.problems import Problem, Refused
from submissions.feed import NewChange, publish_many
from submissions.models import Submission
from submissions.notices import notify
from submissions.registry import Happened, run_hooks
from trail.services import record

AGENCY = "customs"
NOTICE = "export_list.goods_returned"
MODES = ("9661", "1261")
RETURNABLE = (DocumentState.RELEASED, DocumentState.CLOSED)
# Customs allows a return within a year of release (GACC 2020-44).
LAST_DAY = 365

TEXTS = {
    "return.state": _("Only goods of a list that was released can come back."),
    "return.line": _("The list has no line {line}."),
    "return.quantity": _(
        "{quantity} is not between nothing and the {left} of {declared} that have not come back yet."
    ),
    "return.day": _(
        "The day of return lies before the release, in the future, or more than a year after it."
    ),
    "return.mode": _("The supervision mode of a return is 9661 or 1261."),
    "return.twice": _("All of this line has come back already."),
    "return.reason": _("Say why the goods came back."),
}


def left_of(line: ExportListLine) -> Decimal:
    """What of the line was sold and has not come back, in the declared unit."""
    rows = ExportReturn.objects.filter(export_list_id=line.export_list_id, gnum=line.gnum)
    return line.qty - (rows.aggregate(total=Sum("quantity"))["total"] or Decimal(0))


def wrong_with(told: Returned) -> list[Problem]:
    """Everything in the way of this return, for the page on which it is looked over; no lock, nothing written."""
    one = ExportList.objects.defer("personal").get(pk=told.list_id)
    line = ExportListLine.objects.filter(export_list_id=one.pk, gnum=told.gnum).first()
    return [*_wrong_list(one, told), *_wrong_line(line, told)]


def _problem(code: str, path: str, /, **params: object) -> Problem:
    return Problem(code, path, TEXTS[code], {name: str(value) for name, value in params.items()})


@dataclass(frozen=True, slots=True)
class Returned:
    """What the official writes down. `quantity` in the declared unit. `key`: of the form, sent twice it counts once."""

    list_id: UUID
    gnum: int
    returned_on: date
    quantity: Decimal
    mode: str
    reason: str
    key: UUID = field(default_factory=uuid7)


def enter_return(told: Returned, *, by: Principal) -> ExportReturn:
    """Put a return on record. `Refused` with everything that is wrong; only officials of customs may."""
    by.require(Permission.QUEUE_WORK)
    if by.agency is None or by.agency.code != AGENCY:
        raise PermissionDenied
    with transaction.atomic():
        lists = ExportList.objects.select_for_update(of=("self",)).defer("personal")
        one = lists.get(pk=told.list_id)
        if entered := ExportReturn.objects.filter(pk=told.key, export_list_id=one.pk).first():
            return entered
        line = ExportListLine.objects.filter(export_list_id=one.pk, gnum=told.gnum).first()
        if problems := [*_wrong_list(one, told), *_wrong_line(line, told)]:
            raise Refused(problems)
        entered = ExportReturn.objects.create(
            id=told.key,
            export_list_id=told.list_id,
            gnum=told.gnum,
            returned_on=told.returned_on,
            quantity=told.quantity,
            mode=told.mode,
            reason=told.reason.strip(),
            entered_by=by.actor.label[:200],
        )
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
    elif not (left := left_of(line)):
        yield _problem("return.twice", "/line")
    elif not 0 < told.quantity <= left:
        said = {"quantity": told.quantity, "left": left, "declared": line.qty}
        yield _problem(
            "return.quantity", "/quantity", **{name: f"{one.normalize():f}" for name, one in said.items()}
        )
    if told.mode not in MODES:
        yield _problem("return.mode", "/mode")
    if not told.reason.strip():
        yield _problem("return.reason", "/reason")


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
    said = {"number": one.invt_no or one.cop_no, "line": str(entered.gnum), "reason": entered.reason}
    submission = Submission.objects.get(pk=one.message_id)
    for company in companies_by_codes((one.agent_code, one.ebc_code, one.owner_code)).values():
        notify(company, NOTICE, said, submission, list_url(one.pk, "export_list"))
    run_hooks(Happened("export-list-returned", (one.pk,), (one.message_id,), CUSTOMS, "", entered.reason))

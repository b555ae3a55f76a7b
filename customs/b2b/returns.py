"""Goods that come back: an official of customs enters them, the rules say whether they are free of import taxes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from accounts.principals import Principal
from customs.b2b import relief
from customs.b2b.law import clocks_of
from customs.b2b.overrides import official
from customs.models import B2BDeclaration, B2BLine, B2BReturn
from reference.problems import Problem, Refused
from submissions.notices import notify
from trail.services import record

AGAINST = {
    "return.mode": _("Customs' rule on e-commerce returns does not name goods exported under {mode}."),
    "return.early": _("The day of return lies before the export."),
    "return.late": _("Customs takes goods back until {last_day}, a year after their release."),
}
UNRELIEVED = {
    "relief.none": _("No relief holds for goods exported then."),
    "relief.late": _("The relief ended on {relief_last_day}, six months after the export."),
    "relief.food": _("Food is not relieved."),
    "relief.changed": _("The goods do not come back as they left."),
    "relief.unpaid": _("Refunded export tax was not paid back."),
}


@dataclass(frozen=True, slots=True)
class Told:
    """What the official writes down. `quantity` in the declared unit."""

    line_id: UUID
    returned_on: date
    quantity: Decimal
    reason: str
    food: bool = False
    as_is: bool = True
    repaid: bool = True


def decided(declaration: B2BDeclaration, on: date, told: Told | None = None) -> relief.Decision | None:
    """What the rules say of a return on that day; None while the goods have not left."""
    if declaration.export_date is None or declaration.released_on is None:
        return None
    one = relief.Returned(
        mode=declaration.trade_mode,
        released_on=declaration.released_on,
        exported_on=declaration.export_date,
        returned_on=on,
        food=told.food if told else False,
        as_is=told.as_is if told else True,
        repaid=told.repaid if told else True,
    )
    return relief.decide(one, clocks_of(declaration.export_date, declaration.declared_on))


def words(decision: relief.Decision, codes: tuple[str, ...], mode: str) -> list[Problem]:
    """The codes of a decision as problems."""
    params = {
        "mode": mode,
        "last_day": decision.last_day.isoformat(),
        "relief_last_day": decision.relief_last_day.isoformat() if decision.relief_last_day else "–",
    }
    texts = AGAINST | UNRELIEVED
    return [Problem(code, "/returned_on", texts[code], params) for code in codes]


def enter_return(told: Told, *, by: Principal, today: date | None = None) -> B2BReturn:
    """Put a return on record with its relief. `Refused` with everything that is wrong; officials of customs only."""
    official(by)
    with transaction.atomic():
        line = (
            B2BLine.objects.select_for_update(of=("self",))
            .select_related("declaration__company")
            .get(pk=told.line_id)
        )
        declaration = line.declaration
        found = decided(declaration, told.returned_on, told)
        problems = list(_wrong(line, told, found, today or timezone.localdate()))
        if problems or found is None:
            raise Refused(problems)
        entered = _create(told, found, by)
        _tell(line, entered, by)
    return entered


def _wrong(line: B2BLine, told: Told, found: relief.Decision | None, today: date) -> Iterator[Problem]:
    if found is None:
        yield Problem("return.state", "/line", _("Only goods that were exported can come back."))
    else:
        yield from words(found, found.against, line.declaration.trade_mode)
    if told.returned_on > today:
        yield Problem("return.future", "/returned_on", _("This day is still to come."))
    back = line.returns.aggregate(sum=Sum("quantity"))["sum"] or Decimal(0)
    left = line.quantity - back
    if not 0 < told.quantity <= left:
        text = _("{quantity} is not between nothing and the {left} that are still abroad.")
        params = {"quantity": f"{told.quantity.normalize():f}", "left": f"{left.normalize():f}"}
        yield Problem("return.quantity", "/quantity", text, params)
    if not told.reason.strip():
        yield Problem("return.reason", "/reason", _("Say why the goods came back."))


def _create(told: Told, found: relief.Decision, by: Principal) -> B2BReturn:
    return B2BReturn.objects.create(
        line_id=told.line_id,
        returned_on=told.returned_on,
        quantity=told.quantity,
        food=told.food,
        as_is=told.as_is,
        repaid=told.repaid,
        reason=told.reason.strip()[:500],
        relieved=found.relieved,
        unrelieved=list(found.unrelieved),
        entered_by=by.actor.label[:200],
    )


def _tell(line: B2BLine, entered: B2BReturn, by: Principal) -> None:
    declaration = line.declaration
    record(
        "b2b_return.enter",
        by=by.actor,
        object_type="b2b",
        object_id=declaration.pk,
        detail={
            "line": line.gnum,
            "returned_on": entered.returned_on.isoformat(),
            "quantity": str(entered.quantity),
            "relieved": entered.relieved,
        },
    )
    params = {
        "number": str(declaration),
        "goods": line.goods_name,
        "quantity": f"{entered.quantity.normalize():f}",
        "day": entered.returned_on.isoformat(),
    }
    code = "b2b.returned_relieved" if entered.relieved else "b2b.returned_taxed"
    notify(declaration.company, code, params, declaration.submission)

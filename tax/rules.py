"""Which lines of a month are exempt without invoice, and why the others are not. Pure.

All reasons are found; the first by precedence is shown as the main one. Rules R3.01–R3.04, R13.06, R13.07.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from reference.problems import Problem, word
from tax.law import Basis, Law
from tax.lines import Candidate
from tax.money import half_up

NOTICE = "exemption"
FIELDS = {
    "export_date": _("export date"),
    "goods_name": _("goods name"),
    "unit": _("unit of measure"),
    "quantity": _("quantity"),
    "unit_price": _("unit price"),
    "amount": _("amount"),
}


@dataclass(frozen=True, slots=True)
class Text:
    """What is said of a reason and what one can do. `attention`: no exclusion by law yet, somebody has to look.

    `named`: the message where the reason has a number to name.
    """

    message: str
    fix: str
    attention: bool = False
    named: str = ""


# In the order of precedence.
TEXTS: dict[str, Text] = {
    "too_early": Text(
        _("Exported before {start}: the exemption did not exist yet."),
        _("Nothing can be done for this line."),
    ),
    "not_registered": Text(
        _("The company was not registered in the pilot zone on the day of export."),
        _("Register in the pilot zone; lines exported from then on count."),
    ),
    "not_retail": Text(
        _("Supervision mode {mode} is no retail export."),
        _("Goods of this mode go the way of refund or ordinary exemption."),
    ),
    "not_closed": Text(
        _("Customs has not closed the list yet."), _("Wait until it is closed; it counts in that month.")
    ),
    "next_month": Text(
        _("Closed by customs on {closed}: it belongs to {month}."), _("Declare it with that month.")
    ),
    "returned": Text(
        _("Returned on {day}, before it was declared."), _("Nothing: returned goods are not exported goods.")
    ),
    "other_customs": Text(
        _("Declared at customs office {office}, which is not of this pilot zone's place."),
        _(
            "Only goods declared at the zone's customs are exempt; declare the sale in the ordinary VAT return."
        ),
    ),
    "summary_declaration": Text(
        _("Summary declaration (statistics flag B): the line goes into the monthly customs declaration."),
        _(
            "The declarant hands in the monthly summary (CEB701); the refund is claimed on the number of the "
            "customs declaration that comes back (CEB792)."
        ),
    ),
    "field_missing": Text(
        _("Missing in the platform's record: {fields}."),
        _("Complete the record and say why it was incomplete."),
    ),
    "amount_wrong": Text(
        _("The amount {amount} is not quantity × unit price ({product})."),
        _("Have the list corrected at customs, or complete the record."),
        attention=True,
    ),
    "goods_not_filed": Text(
        _(
            "Item {item} is not filed with a ten-digit code, so nobody can say whether its refund is cancelled."
        ),
        _("File the good; the month is then judged anew."),
        attention=True,
    ),
    "refund_cancelled": Text(
        _("The export refund of {hs} is cancelled from {start} (prefix {prefix})."),
        _("The sale is taxed like a domestic one; check the code of the filed good when it is wrong."),
    ),
    "invoice_held": Text(
        _("A valid purchase invoice is held: refund or ordinary exemption instead."),
        _("Remove the mark when no invoice was obtained after all."),
        named=_("Purchase invoice {number} is held: refund or ordinary exemption instead."),
    ),
    "excluded_by_tax": Text(
        _("The tax authority took the line out when it settled the differences of {number}: {reason}"),
        _("It stays out of later corrections; only the tax authority can let it be declared again."),
    ),
    "already_exempted": Text(
        _("Already exempted with the declaration of {month}: a line is exempted once."),
        _("Nothing: it has been counted."),
    ),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a line is not exempt, by which rule, and what can be done."""

    code: str
    problem: Problem
    basis: Basis
    fix_message: str = ""
    attention: bool = False

    @property
    def text(self) -> str:
        """For people, in the active language."""
        return self.problem.text

    @property
    def fix(self) -> str:
        """What can be done, in the active language."""
        return gettext(self.fix_message)


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month by its first day."""

    first: date
    last: date = field(init=False)

    def __post_init__(self) -> None:
        after = (self.first + timedelta(days=32)).replace(day=1)
        object.__setattr__(self, "last", after - timedelta(days=1))


_Found = tuple[str, dict[str, str], Basis]
_Check = Callable[[Candidate, Month, Law], Iterator[_Found]]


def judge(line: Candidate, month: date, law: Law) -> list[Reason]:
    """Every reason against the line in that month, in the order of precedence; none: it is exempt."""
    found = [one for check in _CHECKS for one in check(line, Month(month), law)]
    order = list(TEXTS)
    return [_reason(line, *one) for one in sorted(found, key=lambda one: order.index(one[0]))]


def _reason(line: Candidate, code: str, params: dict[str, str], basis: Basis) -> Reason:
    text = TEXTS[code]
    level = "warning" if text.attention else "error"
    message = text.named if text.named and "number" in params else text.message
    problem = Problem(f"exemption.{code}", line.path, message, params, level)  # type: ignore[arg-type]
    return Reason(code, problem, basis, text.fix, text.attention)


def _day(line: Candidate, month: Month) -> date:
    """The day whose rules count: that of the export, else the month's last."""
    return line.export_date or month.last


def _notice(line: Candidate, month: Month, law: Law) -> Basis:
    rule = law.rule(NOTICE, _day(line, month))
    return rule.basis if rule else next(row.basis for row in law.rules if row.key == NOTICE)


def _of_the_company(line: Candidate, month: Month, law: Law) -> Iterator[_Found]:
    day, basis = _day(line, month), _notice(line, month, law)
    if law.rule(NOTICE, day) is None:
        yield "too_early", {"start": basis.valid_from.isoformat()}, basis
    if line.registered_since is None or line.registered_since > day:
        yield "not_registered", {}, basis
    if line.exempted_in is not None:
        yield "already_exempted", {"month": f"{line.exempted_in:%Y-%m}"}, basis


def _of_the_comparison(line: Candidate, month: Month, law: Law) -> Iterator[_Found]:
    """Customs' data are what the exemption rests on: what the comparison took out stays out (rules R3.02)."""
    if (told := line.exclusion) is not None:
        yield (
            "excluded_by_tax",
            {"number": told.comparison_no, "reason": told.reason},
            _compared(line, month, law),
        )


def _compared(line: Candidate, month: Month, law: Law) -> Basis:
    rule = law.rule("comparison", _day(line, month))
    return rule.basis if rule else _notice(line, month, law)


def _of_the_way(line: Candidate, month: Month, law: Law) -> Iterator[_Found]:
    day, basis = _day(line, month), _notice(line, month, law)
    rule, zone = law.rule(NOTICE, day), law.rule("zone", day)
    if rule and isinstance(rule.value, list) and line.trade_mode not in rule.value:
        yield "not_retail", {"mode": line.trade_mode}, basis
    at = law.zone_of(line.customs_office, day)
    if zone and (at is None or at.value != zone.value):
        yield "other_customs", {"office": line.customs_office}, at.basis if at else zone.basis
    if line.statistics_flag == "B":
        yield "summary_declaration", {}, basis


def _of_the_month(line: Candidate, month: Month, law: Law) -> Iterator[_Found]:
    basis = _notice(line, month, law)
    if line.closed_on is None:
        yield "not_closed", {}, basis
    elif not month.first <= line.closed_on <= month.last:
        told = {"closed": line.closed_on.isoformat(), "month": f"{line.closed_on:%Y-%m}"}
        yield "next_month", told, basis
    if line.returned_on is not None:
        yield "returned", {"day": line.returned_on.isoformat()}, basis


def _of_the_record(line: Candidate, month: Month, law: Law) -> Iterator[_Found]:
    basis = _notice(line, month, law)
    if line.missing:
        named = {"fields": word(FIELDS[line.missing[0]])} if len(line.missing) == 1 else _several(line)
        yield "field_missing", named, basis
    if line.quantity is None or line.unit_price is None or line.amount is None:
        return
    product = half_up(line.quantity * line.unit_price)
    if product != line.amount:
        yield "amount_wrong", {"amount": str(line.amount), "product": str(product)}, basis


def _several(line: Candidate) -> dict[str, str]:
    return {"fields": " / ".join(gettext(FIELDS[name]) for name in line.missing)}


def _of_the_goods(line: Candidate, month: Month, law: Law) -> Iterator[_Found]:
    basis, day = _notice(line, month, law), _day(line, month)
    if not line.hs10:
        yield "goods_not_filed", {"item": line.item_no or "–"}, basis
    elif (row := law.cancelled(line.hs10, day)) is not None:
        told = {"hs": line.hs10, "start": row.valid_from.isoformat(), "prefix": row.prefix}
        yield "refund_cancelled", told, row.basis
    if line.invoice_held:
        yield "invoice_held", {"number": line.invoice_no} if line.invoice_no else {}, basis


_CHECKS: tuple[_Check, ...] = (
    _of_the_company,
    _of_the_comparison,
    _of_the_way,
    _of_the_month,
    _of_the_record,
    _of_the_goods,
)

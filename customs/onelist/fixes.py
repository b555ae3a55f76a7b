"""What to do about a fault of a typed list, in one sentence beside it."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from reference.problems import Problem

_FILL_IN = _("Fill this field in.")
_SHORTER = _("Shorten it, or take the value of the register.")
_NUMBER = _("Write a plain number such as 12 or 12.50.")
FIXES: Mapping[str, str] = {
    "ceb.element.missing": _FILL_IN,
    "ceb.spec.mandatory": _FILL_IN,
    "ceb.value.empty": _FILL_IN,
    "ceb.length": _SHORTER,
    "ceb.spec.length": _SHORTER,
    "ceb.decimal.form": _NUMBER,
    "ceb.int.form": _("Write a whole number."),
    "ceb.digits.form": _("Write digits only, without points or spaces."),
    "ceb.digits.fraction": _("Round it to five digits after the point."),
    "ceb.date.form": _("Choose the day in the calendar."),
    "ceb.table.unknown": _("Choose a code from the list; typing a part of its name finds it."),
    "ceb.spec.value": _("Choose one of the values offered."),
    "ceb.xml.character": _(
        "Delete invisible characters, most often pasted from elsewhere, and type the value."
    ),
    "ceb.business.line_total": _("Correct price or quantity, or empty the total: it is worked out then."),
    "ceb.business.negative": _("Write an amount of 0 or more."),
    "ceb.business.id_number": _("Compare it with the identity card: eighteen characters, the last may be X."),
    "ceb.business.pack_no": _("Write 1: a parcel is one package."),
    "ceb.business.net_weight": _(
        "Weigh the goods without and with their packaging; the first is the net weight."
    ),
    "ceb.business.qty2_missing": _("Give the quantity in the second unit, or leave the unit out."),
    "ceb.business.unit2_missing": _("Give the second unit, or leave the quantity out."),
    "ceb.business.bar_code": _("Write the bar code, or “无” when there is none."),
    "ceb.business.guarantor": _("Write the code of the platform, the e-commerce firm or the logistics firm."),
    "ceb.business.trade_mode": _("Choose one of the modes offered."),
    "ceb.business.mode_demands": _("Fill it in, or choose the other supervision mode."),
    "ceb.business.bonded_country": _("Choose 142 (China)."),
    "ceb.business.bonded_transport": _("Empty the field."),
    "customs.sender.role": _(
        "Have the company entered as declarant at customs, or give a declarant a mandate for this service."
    ),
    "customs.mandate.unknown_firm": _("Compare the code with the register; the firm must be on record here."),
    "customs.mandate.missing": _("Ask the e-commerce firm to give your company a mandate for this service."),
    "customs.duplicate_number": _("Choose another own number, or correct the list that has this one."),
    "customs.list_under_way": _("Look at the list that is under way; an order is declared once."),
    "customs.change.not_allowed": _("Wait for customs' decision on the list that went."),
    "customs.amount": _("Check the decimal point."),
}
_OF_FIELD: Mapping[tuple[str, str], str] = {
    ("ceb.element.missing", "dxpId"): _(
        "Have the company's DXP number entered: the portal's administrators do that."
    ),
    ("ceb.value.empty", "dxpId"): _(
        "Have the company's DXP number entered: the portal's administrators do that."
    ),
}


def fix_of(problem: Problem, name: str) -> str:
    """In the active language; "" where the problem says it all."""
    message = _OF_FIELD.get((problem.code, name)) or FIXES.get(problem.code, "")
    return gettext(message) if message else ""

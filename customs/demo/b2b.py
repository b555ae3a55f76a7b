"""Story §7: 120 bicycles to a public warehouse in Hamburg under 9810, and what comes back in 2027."""

from __future__ import annotations

from datetime import date
from typing import Any

from accounts.models import Company
from accounts.principals import Principal
from customs.b2b.definition import DEFINITION
from customs.b2b.returns import decided
from customs.demo.cast import COMPANIES
from customs.models import B2BDeclaration
from submissions.definitions import filling
from submissions.models import Submission

BOOKING = "WH-2026-0007"
NUMBER = "021320260000000007"
DECLARED, EXPORTED = date(2026, 9, 17), date(2026, 9, 18)
# Day of a return and what the rules say of it: taken back by customs, free of import taxes.
RETURNS = ((date(2027, 2, 10), 3, True, True), (date(2027, 5, 2), 1, True, False))
ANSWERS: dict[str, Any] = {
    "trade_mode": "9810",
    "declarant": COMPANIES["G"].uscc,
    "licence": False,
    "inspection": False,
    "refund": True,
    "booking_no": BOOKING,
    "warehouse": "汉堡公共海外仓（示例） Hamburg public warehouse (example)",
    "logistics_no": "DEMOBL26090007",
    "logistics_refers": BOOKING,
    "customs_office": "0213",
    "exit_office": "0202",
    "traf_mode": "2",
    "country": "304",
    "terms": "FOB",
    "currency": "502",
    "goods": [{"item_no": "EX03", "quantity": "120", "unit_price": "260.00"}],
    "note": f"at={EXPORTED:%Y%m%d} number={NUMBER}",
}


def hand_in(firm: Company, by: Principal) -> Submission:
    """G declares for F, once; the submission that holds the declaration."""
    there = (
        B2BDeclaration.objects.filter(company=firm, booking_no=BOOKING).select_related("submission").first()
    )
    if there is not None:
        return there.submission
    draft = filling.begin(DEFINITION, firm, by=by.actor_for(firm), created_by=by.user, raw=ANSWERS)
    handed = filling.hand_in(draft, by=by.actor_for(firm))
    # Played today, told of then: the day before the goods left.
    B2BDeclaration.objects.filter(submission=handed).update(declared_on=DECLARED)
    return handed


def returns_of(row: B2BDeclaration) -> list[tuple[date, bool, bool]]:
    """What the rules say of the story's returns: day, taken back, free of import taxes."""
    found = [(day, decided(row, day)) for day, _pieces, _taken, _free in RETURNS]
    return [(day, one.allowed, one.relieved) for day, one in found if one is not None]

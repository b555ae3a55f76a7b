"""What the rules say of a form: classification, way of declaring, and everything that is in the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_noop as _

from accounts.models import Company
from accounts.selectors import company_by_code, mandate_in_force
from customs.b2b import ways
from customs.b2b.goods import GoodsLine, Sum, lines_of, problems_of, sum_of
from customs.b2b.law import held, law_of
from customs.b2b.rules import DIRECT, MODES, WAREHOUSE, Classification, Facts, classify
from reference.problems import Problem
from reference.selectors import code_sets
from submissions.models import Submission, SubmissionState

CODE = "b2b-declaration"
WAREHOUSE_KIND = "overseas-warehouse"
AGAINST_LIST = {
    "way.value": _("The consignment is worth more than CNY {limit}."),
    "way.value_unknown": _("Its value in CNY is not known: there is no rate of the month."),
    "way.unanswered": _("Whether licence, inspection and tax are in play is still to be answered."),
    "way.licence": _("An export licence is needed."),
    "way.inspection": _("Inspection or quarantine is needed."),
    "way.tax": _("Export duty is due, or the export tax refund is claimed."),
}


@dataclass(frozen=True, slots=True)
class Judged:
    """A form beside the rules of a day. `against_list`: why it cannot go by export list."""

    lines: list[GoodsLine]
    total: Sum
    classification: Classification
    against_list: list[Problem]
    hs_digits: int


def judged(company: Company, values: Mapping[str, Any], on: date | None = None) -> Judged:
    """Everything the rules say; what could not be read counts as missing."""
    day = on or timezone.localdate()
    lines = lines_of(company, values, day)
    total = sum_of(lines, str(values.get("currency", "")), day)
    digits = held("b2b_list_hs_digits", day)
    return Judged(
        lines,
        total,
        classify(facts_of(company, values, day), law_of(day)),
        against_list(total.cny, values, day),
        int(digits.value) if digits else 10,
    )


def facts_of(company: Company, values: Mapping[str, Any], on: date) -> Facts:
    """The form's answers on which the mode depends."""
    names = ("country", "platform", "order_no", "buyer", "booking_no", "warehouse", "logistics_no")
    more = ("logistics_refers", "payment_no", "payment_refers")
    return Facts(
        claimed=str(values.get("trade_mode", "")),
        on=on,
        registered=bool(company.customs_code),
        filed_warehouse=filed_warehouse(company, str(values.get("warehouse_no", ""))) is not None,
        **{name: str(values.get(name, "")) for name in (*names, *more)},
    )


def filed_warehouse(company: Company, number: str) -> Submission | None:
    """The exporter's accepted filing of an overseas warehouse under that reference number."""
    if not number:
        return None
    rows = Submission.objects.filter(kind=WAREHOUSE_KIND, company=company, state=SubmissionState.ACCEPTED)
    return rows.filter(reference=number).first()


def against_list(cny: Decimal | None, values: Mapping[str, Any], on: date) -> list[Problem]:
    """Why the consignment cannot go by export list; empty: either way may be chosen."""
    limit = held("b2b_list_limit", on)
    most = limit.value if limit else None
    one = ways.Consignment(
        cny,
        most,
        licence=values.get("licence"),
        inspection=values.get("inspection"),
        tax=values.get("refund"),
    )
    params = {"limit": f"{most:,.2f}" if most is not None else "–"}
    found = ways.against_a_list(one)
    return [Problem(code, "/goods", AGAINST_LIST[code], params, "warning") for code in found]


def judge(company: Company, values: Mapping[str, Any]) -> list[Problem]:
    """Everything wrong: errors about parties, goods and codes; a mode that does not fit is a warning."""
    found = judged(company, values)
    problems = [*_number(values), *_parties(company, values), *_codes(values)]
    problems += problems_of(found.lines, str(values.get("trade_mode", "")))
    if found.lines and found.total.amount >= Decimal(10) ** 13:
        problems.append(Problem("b2b.amount", "/goods", _("The sum is larger than can be declared.")))
    return problems + mode_problems(found.classification)


def mode_problems(found: Classification) -> list[Problem]:
    """Conditions of the claimed mode that are not met, and the mode that fits instead."""
    if found.claimed not in MODES:
        return []
    problems = [reason.problem for reason in found.missing]
    if found.wrongly_claimed:
        text = _("What is declared fits {fitting}, not the mode {claimed} that is claimed.")
        params = {"fitting": found.fitting, "claimed": found.claimed}
        problems.insert(0, Problem("b2b.mode", "/trade_mode", text, params, "warning"))
    return problems


def declarant_of(company: Company, values: Mapping[str, Any]) -> Company | None:
    """The declaring company: the exporter, or one that has its mandate."""
    found = company_by_code(str(values.get("declarant", "")))
    return found if found is not None and mandate_in_force(company, found, CODE) else None


def _number(values: Mapping[str, Any]) -> list[Problem]:
    """What customs does not take without: an order under 9710, a booking under 9810 (GACC 2020-75)."""
    texts = {
        "order_no": _("A declaration under 9710 names its order."),
        "booking_no": _("A declaration under 9810 names its warehouse booking order (W)."),
    }
    needed = {DIRECT: "order_no", WAREHOUSE: "booking_no"}.get(str(values.get("trade_mode")), "")
    if not needed or values.get(needed):
        return []
    return [Problem("b2b.number", f"/{needed}", texts[needed])]


def _parties(company: Company, values: Mapping[str, Any]) -> list[Problem]:
    if "declarant" in values and declarant_of(company, values) is None:
        text = _("This company is neither the exporter nor holds its mandate for B2B export declarations.")
        return [Problem("b2b.declarant", "/declarant", text)]
    number = str(values.get("warehouse_no", ""))
    if number and filed_warehouse(company, number) is None:
        text = _("The exporter has no accepted warehouse filing {number}.")
        return [Problem("b2b.warehouse_no", "/warehouse_no", text, {"number": number}, "warning")]
    return []


def _codes(values: Mapping[str, Any]) -> list[Problem]:
    known = code_sets().get("customs_office", frozenset())
    text = _("{code} is not a customs office of the table today.")
    return [
        Problem("b2b.office", f"/{name}", text, {"code": str(values[name])})
        for name in ("customs_office", "exit_office")
        if values.get(name) and str(values[name]) not in known
    ]

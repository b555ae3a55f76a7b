"""Whether a balance-of-payments declaration may go to the bank. Pure; all problems at once.

R4.08 and R4.09 were read in transcripts only. What rests on them *warns*, and goes on when the declarant confirms
that warning by its code; sums, dates and codes that do not exist are errors. The bank decides.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_noop

from forex.bop_codes import ONLINE_SHOPPING, BopCode
from reference.problems import Problem

CODE_IN_TEXT = re.compile(r"(?<![0-9])12[0-9]{4}(?![0-9])")
SHOPPING_WORDS = ("未报关", "网络购物")
REMARK_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Declaration:
    """What is declared. Amounts in `currency`; settled + held + other = actual."""

    code: str
    remark: str
    nature: str
    currency: str
    actual: Decimal
    gross_in: Decimal
    gross_out: Decimal
    settled: Decimal
    held: Decimal
    other: Decimal
    bonded: bool
    declared_on: date


@dataclass(frozen=True, slots=True)
class Known:
    """What the portal knows besides: the payment, its statements' sums, its orders, and the day's parameters."""

    amount: Decimal
    received_on: date
    due_on: date
    gross_in: Decimal
    gross_out: Decimal
    has_statement: bool
    orders_in_statistics: int
    orders: int
    large_value: Decimal


def problems(one: Declaration, known: Known, codes: Mapping[str, BopCode]) -> list[Problem]:
    """Errors and warnings."""
    return [
        *_code(one, known, codes),
        *_remark(one),
        *_sums(one, known),
        *_dates(one, known),
        *_rest(one, known),
    ]


def unconfirmed(found: Collection[Problem], confirmed: Collection[str]) -> list[Problem]:
    """What still stands in the way: errors, and warnings that nobody has confirmed."""
    return [one for one in found if one.level == "error" or one.code not in confirmed]


# What was confirmed, where the paper and the pages name it in brief (Chinese, English).
WARNINGS: dict[str, tuple[str, str]] = {
    "bop.code_not_counted": (
        "交易编码适用于已纳入海关统计的货物",
        gettext_noop("the code is for goods in customs statistics"),
    ),
    "bop.code_in_statistics": (
        "交易编码适用于未纳入海关统计的货物",
        gettext_noop("the code is for goods outside customs statistics"),
    ),
    "bop.remark_shopping": (
        "交易附言未写明网络购物",
        gettext_noop("the remark does not name online shopping"),
    ),
    "bop.remark_netted": ("交易附言未写明轧差", gettext_noop("the remark does not name netting")),
    "bop.remark_refund": ("交易附言未写明退款", gettext_noop("the remark does not name the refund")),
    "bop.late": ("逾期申报", gettext_noop("declared late")),
    "bop.no_statement": ("未匹配结算单", gettext_noop("no payout statement is matched")),
    "bop.large": ("大额款项", gettext_noop("large value")),
}


def _warning(code: str, path: str, message: str, /, **params: str) -> Problem:
    return Problem(code, path, message, params, level="warning")


def _code(one: Declaration, known: Known, codes: Mapping[str, BopCode]) -> list[Problem]:
    row = codes.get(one.code)
    if row is None:
        message = gettext_noop("The table has no transaction code {code} on that day.")
        return [Problem("bop.code_unknown", "/code", message, {"code": one.code[:10]})]
    if row.in_statistics and known.has_statement and not known.orders_in_statistics:
        message = gettext_noop(
            "Code {code} is for goods in customs statistics; none of the orders is known there."
        )
        return [_warning("bop.code_not_counted", "/code", message, code=one.code)]
    if not row.in_statistics and known.orders_in_statistics:
        message = gettext_noop(
            "Code {code} is for goods outside customs statistics; {n} of {all} orders are declared in them. "
            "Banks return such a declaration: take a code 121…."
        )
        params = {"code": one.code, "n": str(known.orders_in_statistics), "all": str(known.orders)}
        return [_warning("bop.code_in_statistics", "/code", message, **params)]
    return []


def _remark(one: Declaration) -> list[Problem]:
    found = []
    if not 0 < len(one.remark.strip()) <= REMARK_LENGTH:
        message = gettext_noop("The remark says in 1 to 200 characters what was sold.")
        found.append(Problem("bop.remark", "/remark", message))
    if CODE_IN_TEXT.search(one.remark):
        message = gettext_noop("The remark must not hold a transaction code.")
        found.append(Problem("bop.remark_code", "/remark", message))
    if one.code == ONLINE_SHOPPING and not all(word in one.remark for word in SHOPPING_WORDS):
        message = gettext_noop(
            "For code 122030 banks expect a remark like “未报关、未纳入海关统计+网络购物+货物名称+货款”."
        )
        found.append(_warning("bop.remark_shopping", "/remark", message))
    if one.gross_out and "轧差" not in one.remark:
        message = gettext_noop("Banks expect “轧差” in the remark of a netted payment.")
        found.append(_warning("bop.remark_netted", "/remark", message))
    if one.nature == "refund" and "退" not in one.remark:
        message = gettext_noop("Banks expect “退” in the remark of a refund.")
        found.append(_warning("bop.remark_refund", "/remark", message))
    return found


def _sums(one: Declaration, known: Known) -> list[Problem]:
    found = []
    if one.actual != known.amount:
        message = gettext_noop("The actual amount is what came in: {amount}.")
        found.append(Problem("bop.actual", "/actual", message, {"amount": f"{known.amount:,.2f}"}))
    if one.actual + one.gross_out != one.gross_in:
        message = gettext_noop("Actual amount and gross out must come to gross in.")
        found.append(Problem("bop.gross", "/gross_in", message))
    if (one.gross_in, one.gross_out) != (known.gross_in, known.gross_out):
        message = gettext_noop("The payout statements come to {gross_in} in and {gross_out} out.")
        params = {"gross_in": f"{known.gross_in:,.2f}", "gross_out": f"{known.gross_out:,.2f}"}
        found.append(Problem("bop.gross_statement", "/gross_in", message, params))
    if one.settled + one.held + one.other != one.actual or min(one.settled, one.held, one.other) < 0:
        message = gettext_noop("Settled, held as foreign exchange and other must come to the actual amount.")
        found.append(Problem("bop.parts", "/settled", message))
    return found


def _dates(one: Declaration, known: Known) -> list[Problem]:
    if one.declared_on < known.received_on:
        message = gettext_noop("The declaration is dated before the payment came in.")
        return [Problem("bop.date", "/declared_on", message)]
    if one.declared_on > known.due_on:
        message = gettext_noop("The declaration was due on {due}.")
        return [_warning("bop.late", "/declared_on", message, due=known.due_on.isoformat())]
    return []


def _rest(one: Declaration, known: Known) -> list[Problem]:
    found = []
    if not known.has_statement:
        message = gettext_noop("No payout statement is matched: nothing says which orders were paid.")
        found.append(_warning("bop.no_statement", "/", message))
    if one.actual > known.large_value:
        message = gettext_noop("The amount is above {limit}: the bank checks it as a large value.")
        found.append(_warning("bop.large", "/actual", message, limit=f"{known.large_value:,.0f}"))
    return found

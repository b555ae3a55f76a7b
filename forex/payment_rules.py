"""What a pushed inward payment must hold. Pure; all problems at once."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_noop

from reference.numbers import uscc_problems
from reference.problems import Problem

NUMBER = re.compile(r"[0-9A-Z]{22}")
CURRENCY = re.compile(r"[A-Z]{3}")
COUNTRY = re.compile(r"[A-Z]{3}")
ACCOUNT = re.compile(r"[0-9A-Z-]{6,34}")
AMOUNT = re.compile(r"-?[0-9]{1,13}(\.[0-9]{1,2})?")
PAYER_LENGTH = 200
FIELDS = (
    "declaration_no",
    "account_holder",
    "account",
    "currency",
    "amount",
    "received_on",
    "payer",
    "payer_country",
)


@dataclass(frozen=True, slots=True)
class PushedPayment:
    """One inward payment as a bank says it; `account_holder` is a USCC, currency and country alpha-3."""

    declaration_no: str
    account_holder: str
    account: str
    currency: str
    amount: Decimal
    received_on: date
    payer: str
    payer_country: str

    def as_sent(self) -> dict[str, str]:
        """In words that are the same for the same payment, however it was written."""
        return {name: str(getattr(self, name)) for name in FIELDS}


def read_amount(text: object) -> Decimal | None:
    """An amount with at most two decimals, from a string or a whole number; None otherwise."""
    if isinstance(text, (bool, float)) or not isinstance(text, (str, int, Decimal)):
        return None
    found = AMOUNT.fullmatch(str(text).strip())
    return Decimal(found.group()).quantize(Decimal("0.01")) if found else None


def read_day(text: object) -> date | None:
    """A calendar day, 2026-10-20."""
    try:
        return date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None


def read(body: Mapping[str, Any], path: str, today: date) -> tuple[PushedPayment | None, list[Problem]]:
    """The payment, or everything that is wrong with it."""
    texts = {name: str(body.get(name, "")).strip() for name in FIELDS}
    amount, received = read_amount(body.get("amount")), read_day(body.get("received_on"))
    problems = _texts(texts, path)
    if amount is None or amount <= 0:
        message = gettext_noop("The amount must be above 0, a decimal string with at most two decimals.")
        problems.append(Problem("payment.amount", f"{path}/amount", message))
    if received is None:
        message = gettext_noop("The day must be written like 2026-10-20.")
        problems.append(Problem("payment.day", f"{path}/received_on", message))
    elif received > today:
        message = gettext_noop("The day of the payment lies in the future.")
        problems.append(Problem("payment.future", f"{path}/received_on", message))
    if problems or amount is None or received is None:
        return None, problems
    return PushedPayment(**{**texts, "amount": amount, "received_on": received}), []  # type: ignore[arg-type]


def _texts(texts: Mapping[str, str], path: str) -> list[Problem]:
    problems = uscc_problems(texts["account_holder"], f"{path}/account_holder")
    forms = (
        ("declaration_no", NUMBER, gettext_noop("The declaration number has 22 digits or capitals.")),
        ("currency", CURRENCY, gettext_noop("The currency is named by three capitals, e.g. USD.")),
        ("payer_country", COUNTRY, gettext_noop("The country is named by three capitals, e.g. USA.")),
        ("account", ACCOUNT, gettext_noop("The account number has 6 to 34 digits, capitals or hyphens.")),
    )
    for name, form, message in forms:
        if not form.fullmatch(texts[name]):
            problems.append(Problem(f"payment.{name}", f"{path}/{name}", message))
    if not 0 < len(texts["payer"]) <= PAYER_LENGTH or "\0" in texts["payer"]:
        message = gettext_noop("The payer must be named, in at most 200 characters.")
        problems.append(Problem("payment.payer", f"{path}/payer", message))
    return problems


def repeated(numbers: Collection[str], path: str) -> list[Problem]:
    """A declaration number twice in one batch."""
    seen: set[str] = set()
    problems = []
    for index, number in enumerate(numbers):
        if number and number in seen:
            message = gettext_noop("The declaration number {number} stands twice in this batch.")
            place = f"{path}/{index}/declaration_no"
            problems.append(Problem("payment.twice", place, message, {"number": number}))
        seen.add(number)
    return problems

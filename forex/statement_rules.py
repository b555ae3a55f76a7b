"""What a payout statement must hold. Pure; all problems at once, each with its cell."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import msgspec
from django.utils.translation import gettext_noop

from forex.amounts import NOTHING
from forex.payment_rules import CURRENCY, read_amount
from reference.problems import Problem

AMOUNTS = ("goods", "freight", "commission", "other_fees", "refunds")
MOST_LINES = 20_000
ORDER_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above the lines; `net` is what the marketplace says it paid out, when it says so."""

    platform: str
    number: str
    period_from: date
    period_to: date
    currency: str
    net: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One order; amounts not negative, in the statement's currency."""

    order_no: str
    goods: Decimal
    freight: Decimal
    commission: Decimal
    other_fees: Decimal
    refunds: Decimal

    @property
    def net(self) -> Decimal:
        """What is paid out for it."""
        return self.goods + self.freight - self.commission - self.other_fees - self.refunds


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a file as its texts; `place` is what people call it there (“row 2”)."""

    place: str
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Statement:
    """A whole statement with its sums."""

    head: Head
    lines: tuple[Line, ...]
    sums: Mapping[str, Decimal] = field(default_factory=dict)

    @property
    def net(self) -> Decimal:
        """goods + freight − fees."""
        kept = sum((self.sums[name] for name in AMOUNTS[2:]), NOTHING)
        return self.sums["goods"] + self.sums["freight"] - kept

    @property
    def digest(self) -> str:
        """The same for the same statement, in whatever file or order it came."""
        lines = sorted(
            [line.order_no, *(str(getattr(line, name)) for name in AMOUNTS)] for line in self.lines
        )
        head = [self.head.platform, self.head.number, str(self.head.period_from), str(self.head.period_to)]
        body = msgspec.json.encode([*head, self.head.currency, lines])
        return hashlib.sha256(body).hexdigest()


def read(head: Head, rows: Sequence[Row]) -> tuple[Statement | None, list[Problem]]:
    """The statement, or everything that is wrong with head and rows."""
    problems = head_problems(head)
    if not 0 < len(rows) <= MOST_LINES:
        message = gettext_noop("A statement has 1 to {most} orders.")
        problems.append(Problem("statement.lines", "/lines", message, {"most": f"{MOST_LINES:,}"}))
    lines = []
    for row in rows:
        line, wrong = _line(row)
        problems += wrong
        if line is not None:
            lines.append(line)
    problems += _twice(rows)
    if problems:
        return None, problems
    sums = {name: sum((getattr(line, name) for line in lines), NOTHING) for name in AMOUNTS}
    statement = Statement(head, tuple(lines), sums)
    problems = _sums(statement)
    return (None if problems else statement), problems


def line_problems(rows: Sequence[Row]) -> list[Problem]:
    """Everything that is wrong with the rows of a file, whatever stands above them."""
    return [*(problem for row in rows for problem in _line(row)[1]), *_twice(rows)]


def head_problems(head: Head) -> list[Problem]:
    """Names, days and currency."""
    problems = []
    if not head.platform.strip():
        problems.append(Problem("statement.platform", "/platform", gettext_noop("Name who paid it out.")))
    if not head.number.strip():
        problems.append(Problem("statement.number", "/number", gettext_noop("The statement has no number.")))
    if head.period_to < head.period_from:
        message = gettext_noop("The period ends before it begins.")
        problems.append(Problem("statement.period", "/period_to", message))
    if not CURRENCY.fullmatch(head.currency):
        message = gettext_noop("The currency is named by three capitals, e.g. USD.")
        problems.append(Problem("statement.currency", "/currency", message))
    return problems


def _line(row: Row) -> tuple[Line | None, list[Problem]]:
    problems = []
    order = row.texts.get("order_no", "").strip()
    if not 0 < len(order) <= ORDER_LENGTH:
        message = gettext_noop("The order number has 1 to 60 characters.")
        problems.append(Problem("statement.order_no", f"/{row.place}/order_no", message))
    amounts: dict[str, Decimal] = {}
    for name in AMOUNTS:
        text = row.texts.get(name, "").strip().replace(",", "")
        value = read_amount(text or "0")
        if value is None or value < 0:
            message = gettext_noop("“{text}” is no amount of 0 or more with at most two decimals.")
            found = {"text": row.texts.get(name, "")[:40]}
            problems.append(Problem("statement.amount", f"/{row.place}/{name}", message, found))
        else:
            amounts[name] = value
    if problems:
        return None, problems
    if not any(amounts.values()):
        message = gettext_noop("The order has no amount at all.")
        return None, [Problem("statement.empty", f"/{row.place}", message)]
    return Line(order_no=order, **amounts), []


def _twice(rows: Sequence[Row]) -> list[Problem]:
    counts = Counter(row.texts.get("order_no", "").strip() for row in rows)
    message = gettext_noop("Order {order} stands more than once.")
    return [
        Problem("statement.twice", f"/{row.place}/order_no", message, {"order": order[:60]})
        for row in rows
        if (order := row.texts.get("order_no", "").strip()) and counts[order] > 1
    ]


def _sums(statement: Statement) -> list[Problem]:
    problems = []
    if statement.net <= 0:
        message = gettext_noop("Nothing is paid out: fees and refunds are as much as goods and freight.")
        problems.append(Problem("statement.nothing", "/lines", message))
    said = statement.head.net
    if said is not None and said != statement.net:
        message = gettext_noop("The lines come to {found} net, the statement says {said}.")
        params = {"found": f"{statement.net:,.2f}", "said": f"{said:,.2f}"}
        problems.append(Problem("statement.net", "/net", message, params))
    return problems

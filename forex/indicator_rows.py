"""What stands behind the indicators of a company: the rows of each figure, and the figures from the rows.

Inward money is inward payments declared under a code of goods in customs statistics and accepted. What is not
declared yet is shown beside them and counted nowhere. Imports and outward payments are not reported to the portal.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.urls import reverse

from accounts.models import Company
from forex import orders
from forex.amounts import NOTHING, to_cent
from forex.indicators import Bands, Indicators, Sums, indicators, outside
from forex.models import BopDeclaration, BopState, InwardPayment, TradeCreditBalance
from reference.selectors import RateMissing, exchange_rate, setting
from submissions.reading import once


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One row of a figure. `usd` None: there is no rate for its currency, and it is not counted."""

    figure: str  # exports, inward, undeclared
    number: str
    day: date
    currency: str
    amount: Decimal
    usd: Decimal | None
    gross_usd: Decimal | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """Everything on the page."""

    since: date
    until: date
    rows: tuple[FigureRow, ...]
    plain_sums: Sums
    gross_sums: Sums
    plain: Indicators
    gross: Indicators
    bands: Bands
    credit: Decimal | None
    outside_plain: frozenset[str]
    outside_gross: frozenset[str]


def in_usd(amount: Decimal, currency: str, on: date) -> Decimal | None:
    """At the spot rates of the day, by way of CNY; None without a rate."""
    if currency == "USD":
        return amount
    try:
        return to_cent(
            amount * exchange_rate(currency, on, "spot").value / exchange_rate("USD", on, "spot").value
        )
    except RateMissing:
        return None


@once
def report(company: Company, since: date, until: date) -> Report:
    """The indicators of that time, both days included."""
    rows = (
        *_exports(company, since, until),
        *_inward(company, since, until),
        *_undeclared(company, since, until),
    )
    exports, inward = _sum(rows, "exports"), _sum(rows, "inward")
    gross = sum((row.gross_usd or NOTHING for row in rows if row.figure == "inward"), NOTHING)
    plain_sums, gross_sums = (Sums(exports, NOTHING, money, NOTHING) for money in (inward, gross))
    balance = TradeCreditBalance.objects.filter(company=company, month=until.replace(day=1)).first()
    credit = balance.amount if balance else None
    plain, grossed, limits = indicators(plain_sums, credit), indicators(gross_sums, credit), bands(until)
    return Report(
        since=since,
        until=until,
        rows=rows,
        plain_sums=plain_sums,
        gross_sums=gross_sums,
        plain=plain,
        gross=grossed,
        bands=limits,
        credit=credit,
        outside_plain=outside(plain, limits),
        outside_gross=outside(grossed, limits),
    )


def bands(on: date) -> Bands:
    """The dated bands; unverified."""
    names = ("forex_band_difference", "forex_band_money_to_goods", "forex_band_credit")
    return Bands(*(setting(name, on).value for name in names))


def _sum(rows: tuple[FigureRow, ...], figure: str) -> Decimal:
    return sum((row.usd or NOTHING for row in rows if row.figure == figure), NOTHING)


def _exports(company: Company, since: date, until: date) -> list[FigureRow]:
    return [
        FigureRow(
            "exports",
            one.list_no,
            one.export_date,
            one.currency,
            one.amount,
            in_usd(one.amount, one.currency, one.export_date),
        )
        for one in orders.exports(company, since, until)
    ]


def _inward(company: Company, since: date, until: date) -> list[FigureRow]:
    found = BopDeclaration.objects.filter(
        payment__company=company,
        payment__received_on__range=(since, until),
        state=BopState.ACCEPTED,
        in_statistics=True,
    )
    return [
        _row("inward", one.payment, one.gross_in) for one in found.select_related("payment").order_by("pk")
    ]


def _undeclared(company: Company, since: date, until: date) -> list[FigureRow]:
    counted = BopDeclaration.objects.filter(payment__company=company, state=BopState.ACCEPTED)
    rows = InwardPayment.objects.filter(company=company, received_on__range=(since, until))
    return [
        _row("undeclared", one, None) for one in rows.exclude(pk__in=counted.values("payment")).order_by("pk")
    ]


def _row(figure: str, payment: InwardPayment, gross: Decimal | None) -> FigureRow:
    day = payment.received_on
    return FigureRow(
        figure=figure,
        number=payment.declaration_no,
        day=day,
        currency=payment.currency,
        amount=payment.amount,
        usd=in_usd(payment.amount, payment.currency, day),
        gross_usd=None if gross is None else in_usd(gross, payment.currency, day),
        url=reverse("forex_payment", args=[payment.pk]),
    )

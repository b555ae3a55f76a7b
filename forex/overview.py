"""This room's figures and duties on a company's overview: inward payments by the day received.

Sums are in USD at the spot rates of the day received; a sum with a payment of which no rate is known cannot be said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncMonth
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Company
from accounts.permissions import Permission
from forex.indicator_rows import in_usd, report
from forex.models import BopDeclaration, BopState, InwardPayment, PaymentState
from forex.selectors import undeclared
from submissions.figures import FOREIGN_EXCHANGE, Duty, DutyItem, Figure, Number, Period, Table

MONTH = _("Month")
NOTHING = Decimal(0)
READ = Permission.FOREX_READ
STATES = (PaymentState.MATCHED, PaymentState.PARTLY_MATCHED, PaymentState.UNMATCHED)
Amount = Callable[[InwardPayment], Decimal]


def figures() -> list[Figure]:
    """What `registration.register` registers."""
    group, usd = FOREIGN_EXCHANGE, _("At the spot rates of the day received.")
    return [
        Figure(
            "forex-payments", group, _("Inward payments"), payments_count,
            note=_("By the day received."), table=payments_table, chart="stacked",
            url=partial(payments_url, ""), permission=READ, rank=50,
        ),
        Figure(
            "forex-received", group, _("Received from abroad"), received, unit="USD", note=usd,
            table=received_table, url=partial(payments_url, ""), permission=READ, rank=51,
        ),
        Figure("forex-matched", group, _("Explained by payout statements"), matched, unit="USD", note=usd,
               permission=READ, rank=52),
        Figure("forex-unmatched", group, _("Not explained yet"), unmatched, unit="USD", note=usd,
               url=partial(payments_url, "open"), permission=READ, rank=53),
        Figure("forex-undeclared", group, _("Inward payments to be declared"), undeclared_count,
               note=_("No declaration is with the bank or accepted; to be declared within 5 working days."),
               url=partial(payments_url, "undeclared"), permission=READ, rank=54),
        *_indicators(),
    ]  # fmt: skip


def _indicators() -> Iterable[Figure]:
    names = {
        "difference": (_("Total difference, as received"), "USD"),
        "difference_ratio": (_("Ratio of total difference"), ""),
        "money_to_goods": (_("Money to goods"), ""),
        "credit_ratio": (_("Ratio of reported trade credit"), ""),
    }
    note = _("Imports and outward payments are not reported to the portal; grossed up on its page.")
    for place, (name, (label, unit)) in enumerate(names.items()):
        yield Figure(
            f"forex-{name.replace('_', '-')}", FOREIGN_EXCHANGE, label, partial(indicator, name), unit=unit,
            note=note, url=indicators_url, permission=READ, rank=55 + place,
        )  # fmt: skip


def duties() -> list[Duty]:
    """Declarations within the days set."""
    return [Duty("forex-declare", _("Balance-of-payments declaration"), due, permission=READ)]


def received_in(company: Company, period: Period) -> QuerySet[InwardPayment]:
    """The company's payments received in the period."""
    return InwardPayment.objects.filter(company=company, received_on__range=(period.since, period.until))


def payments_count(company: Company, period: Period) -> Number:
    """How many were received."""
    return received_in(company, period).count()


def payments_table(company: Company, period: Period) -> Table:
    """By month, and by how much of them is explained."""
    counts = {state.value: Count("pk", filter=Q(state=state)) for state in STATES}
    rows: Any = received_in(company, period).annotate(month=TruncMonth("received_on")).values("month")
    found = {row["month"]: row for row in rows.annotate(**counts)}
    head = (MONTH, *(state.label for state in STATES))
    return Table(
        head,
        [
            (f"{month:%Y-%m}", tuple(found[month][state] if month in found else 0 for state in STATES))
            for month in period.months()
        ],
    )


def received(company: Company, period: Period) -> Number | None:
    """What came in, in USD."""
    return _usd(received_in(company, period), lambda one: one.amount)


def matched(company: Company, period: Period) -> Number | None:
    """What statements explain of it, in USD."""
    return _usd(received_in(company, period), lambda one: one.matched)


def unmatched(company: Company, period: Period) -> Number | None:
    """What none explains, in USD: received less matched."""
    came, explained = received(company, period), matched(company, period)
    return None if came is None or explained is None else came - explained


def received_table(company: Company, period: Period) -> Table:
    """What came in by month, in USD."""
    by_month: dict[date, list[InwardPayment]] = {month: [] for month in period.months()}
    for one in received_in(company, period):
        by_month[one.received_on.replace(day=1)].append(one)
    rows = [(f"{month:%Y-%m}", (_usd(ones, lambda one: one.amount),)) for month, ones in by_month.items()]
    return Table((MONTH, _("Received (USD)")), rows)


def _usd(rows: Iterable[InwardPayment], amount: Amount) -> Decimal | None:
    total = NOTHING
    for one in rows:
        usd = in_usd(amount(one), one.currency, one.received_on)
        if usd is None:
            return None
        total += usd
    return total


def undeclared_count(company: Company, period: Period) -> Number:
    """How many of the period's payments no declaration covers."""
    return undeclared(received_in(company, period)).count()


def indicator(name: str, company: Company, period: Period) -> Number | None:
    """One of the four of R4.07."""
    found: Number | None = getattr(report(company, period.since, period.until).plain, name)
    return found


def due(company: Company, until: date) -> Iterator[DutyItem]:
    """A declaration for each payment without one, by its day."""
    rows = undeclared(InwardPayment.objects.filter(company=company, due_on__lte=until))
    returned = set(
        BopDeclaration.objects.filter(payment__in=rows, state=BopState.RETURNED).values_list(
            "payment", flat=True
        )
    )
    today = timezone.localdate()
    for one in rows.order_by("due_on", "pk"):
        text = (
            gettext("Correct the declaration of {payment}, returned by the bank")
            if one.pk in returned
            else gettext("Declare the inward payment {payment}")
        )
        named = f"{one.declaration_no} ({one.currency} {one.amount:,})"
        url = reverse("forex_payment", args=[one.pk])
        yield DutyItem(one.due_on, text.format(payment=named), url, "late" if one.due_on < today else "due")


def payments_url(tab: str, company: Company, period: Period) -> str:
    """The payments themselves."""
    narrowed = f"since={period.since}&until={period.until}"
    return f"{reverse('forex_payments')}?tab={tab}&{narrowed}"


def indicators_url(company: Company, period: Period) -> str:
    """The page of the four, with their rows."""
    return f"{reverse('forex_indicators')}?since={period.since}&until={period.until}"

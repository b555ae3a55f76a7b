"""Taking in what banks push: one inward payment once, whatever is repeated, and never another under its number."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import msgspec
from django.db import transaction
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext_noop

from accounts.models import Agency, Company, Membership
from accounts.personal import seal_fields
from forex import directory
from forex.models import InwardPayment
from forex.models.payments import account_context
from forex.payment_rules import PushedPayment, read
from reference.calendar import add_working_days
from reference.problems import Problem
from reference.selectors import setting
from submissions.notices import notify
from trail import services as trail
from trail.actors import Actor

DECLARE_DAYS = "forex_declare_days"
Status = Literal["taken", "repeated", "conflict", "refused"]


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one payment; `payment` is the row where there is one of this bank's."""

    status: Status
    declaration_no: str
    payment: InwardPayment | None = None
    problems: tuple[Problem, ...] = ()


def push(bank: Agency, body: Mapping[str, Any], *, by: Actor, path: str = "") -> Taken:
    """One payment in a transaction of its own; of a batch each stands for itself."""
    pushed, problems = read(body, path, timezone.localdate())
    number = str(body.get("declaration_no", ""))[:22]
    if pushed is None:
        return Taken("refused", number, problems=tuple(problems))
    holder = Company.objects.filter(uscc=pushed.account_holder).first()
    if holder is None:
        message = gettext_noop("No company with this unified social credit code uses the portal.")
        unknown = Problem("payment.holder_unknown", f"{path}/account_holder", message)
        return Taken("refused", number, problems=(unknown,))
    return _keep(bank, holder, pushed, by)


def _keep(bank: Agency, holder: Company, pushed: PushedPayment, by: Actor) -> Taken:
    row = _row(bank, holder, pushed, by)
    with transaction.atomic():
        InwardPayment.objects.bulk_create([row], ignore_conflicts=True)
        kept = InwardPayment.objects.get(bank=bank, declaration_no=pushed.declaration_no)
        if kept.pk == row.pk:
            _follow(kept, by)
            return Taken("taken", kept.declaration_no, kept)
    same = kept.body_sha256 == row.body_sha256
    return Taken("repeated" if same else "conflict", kept.declaration_no, kept if same else None)


def _row(bank: Agency, holder: Company, pushed: PushedPayment, by: Actor) -> InwardPayment:
    sealed = seal_fields({"account": pushed.account}, context=account_context(pushed.declaration_no))
    return InwardPayment(
        bank=bank,
        declaration_no=pushed.declaration_no,
        company=holder,
        currency=pushed.currency,
        amount=pushed.amount,
        received_on=pushed.received_on,
        payer=pushed.payer,
        payer_country=pushed.payer_country,
        account_tail=pushed.account[-4:],
        sealed=sealed,
        in_directory=directory.contains(holder, pushed.received_on),
        owner_id=_in_charge(holder),
        due_on=due_on(pushed.received_on),
        body_sha256=hashlib.sha256(msgspec.json.encode(pushed.as_sent(), order="deterministic")).hexdigest(),
        pushed_by=by.id[:64],
    )


def due_on(received: date) -> date:
    """The last day for the declaration (R4.09: 5 working days after receipt, unverified)."""
    return add_working_days(received, setting(DECLARE_DAYS, received).value)


def _in_charge(holder: Company) -> int | None:
    """Who of the company has it at first: its first declaring user."""
    held = Membership.objects.filter(company=holder, role="declaring_user", user__is_active=True)
    return held.order_by("pk").values_list("user_id", flat=True).first()


def _follow(payment: InwardPayment, by: Actor) -> None:
    trail.record(
        "inward_payment.push",
        by=by,
        object_type="inward_payment",
        object_id=payment.pk,
        detail={"declaration_no": payment.declaration_no, "amount": f"{payment.currency} {payment.amount}"},
    )
    params = {
        "number": payment.declaration_no,
        "amount": f"{payment.currency} {payment.amount:,.2f}",
        "due": payment.due_on.isoformat(),
    }
    notify(payment.company_id, "forex.inward_payment", params, url=address(payment))


def address(payment: InwardPayment) -> str:
    """The page of a payment, "" where no pages are mounted."""
    try:
        return reverse("forex_payment", args=[payment.pk])
    except NoReverseMatch:
        return ""

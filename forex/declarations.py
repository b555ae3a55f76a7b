"""Declaring an inward payment through its bank: prefilled, checked, sent, returned, corrected (R4.09, R13.09)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from accounts.models import Company, User
from forex import orders
from forex.amounts import Share, gross_up, in_cny
from forex.bop_codes import BopCode, codes
from forex.bop_rules import Declaration, Known, problems, unconfirmed
from forex.lifecycle import BOP, advance, publish
from forex.models import BopDeclaration, BopState, InwardPayment, Match, PayoutLine
from forex.selectors import IN_FORCE, SERVICE
from reference.problems import Problem, Refused
from reference.selectors import RateMissing, exchange_rate, setting
from submissions import services
from submissions.joint import recompute
from submissions.models import Submission
from submissions.registry import Frozen
from trail.actors import Actor

KIND = SERVICE
LARGE = "forex_large_value"


@dataclass(frozen=True, slots=True)
class Basis:
    """What the portal knows of a payment to be declared."""

    payment: InwardPayment
    known: Known
    codes: Mapping[str, BopCode]
    statements: tuple[str, ...]
    order_nos: tuple[str, ...]


def basis(payment: InwardPayment, on: date | None = None) -> Basis:
    """Matches, orders and parameters, read once."""
    day = on or timezone.localdate()
    matches = list(Match.objects.filter(payment=payment, undone_at=None).select_related("statement"))
    sums = gross_up(payment.amount, [Share(one.amount, one.fees) for one in matches])
    keys = [one.statement_id for one in matches]
    numbers = tuple(
        PayoutLine.objects.filter(statement__in=keys)
        .order_by("statement", "number")
        .values_list("order_no", flat=True)
    )
    found = orders.known(numbers, payment.company)
    known = Known(
        amount=payment.amount,
        received_on=payment.received_on,
        due_on=payment.due_on,
        gross_in=sums.gross_in,
        gross_out=sums.gross_out,
        has_statement=bool(matches),
        orders_in_statistics=sum(one.in_statistics for one in found.values()),
        orders=len(numbers),
        large_value=setting(LARGE, day).value,
    )
    return Basis(payment, known, codes(day), tuple(str(one.statement) for one in matches), numbers)


def prefilled(found: Basis, on: date | None = None) -> Declaration:
    """The declaration as the portal would write it."""
    counted = found.known.orders_in_statistics > 0
    return Declaration(
        code="121990" if counted else "",
        remark="跨境电商零售出口货款" + ("，轧差净额" if found.known.gross_out else ""),
        nature="goods",
        currency=found.payment.currency,
        actual=found.known.amount,
        gross_in=found.known.gross_in,
        gross_out=found.known.gross_out,
        settled=found.known.amount,
        held=Decimal(0),
        other=Decimal(0),
        bonded=False,
        declared_on=on or timezone.localdate(),
    )


def check(found: Basis, one: Declaration) -> list[Problem]:
    """Every error and warning, confirmed or not."""
    return problems(one, found.known, found.codes)


def declare(
    payment_id: UUID,
    one: Declaration,
    *,
    company: Company,
    by: Actor,
    channel: str,
    confirmed: Collection[str] = (),
    created_by: User | None = None,
) -> BopDeclaration:
    """Hand a version in; `Refused` with all that stands in its way, `DoesNotExist` for others' payments.

    A returned version becomes *replaced*; only one version is with the bank or accepted at a time.
    """
    with transaction.atomic():
        payment = (
            InwardPayment.objects.select_for_update(no_key=True, of=("self",))
            .select_related("bank", "company")
            .get(pk=payment_id, company=company)
        )
        found = basis(payment, one.declared_on)
        earlier = BopDeclaration.objects.filter(payment=payment).order_by("-version").first()
        said = check(found, one)
        if wrong := [*_in_force(earlier), *unconfirmed(said, confirmed)]:
            raise Refused(wrong)
        agreed = sorted({problem.code for problem in said} & set(confirmed))
        version = earlier.version + 1 if earlier else 1
        row = _hand_in(found, one, agreed, version, by=by, channel=channel, created_by=created_by)
        if earlier is not None and earlier.state == BopState.RETURNED:
            advance(BOP, earlier.pk, "replace", by=by, detail={"version": version})
            recompute([earlier.pk], by)
    return row


def _in_force(earlier: BopDeclaration | None) -> list[Problem]:
    if earlier is None or earlier.state not in IN_FORCE:
        return []
    message = gettext_noop("Version {version} of this declaration is with the bank or accepted already.")
    return [Problem("bop.in_force", "/", message, {"version": str(earlier.version)})]


def _hand_in(
    found: Basis,
    one: Declaration,
    agreed: list[str],
    version: int,
    *,
    by: Actor,
    channel: str,
    created_by: User | None,
) -> BopDeclaration:
    payment = found.payment
    body = msgspec.json.encode(payload(found, one, agreed, version), order="deterministic")
    submission = services.receive(
        kind=KIND,
        company=payment.company,
        by=by,
        channel=channel,
        payload=body,
        content_type="application/json",
        title=f"{payment.declaration_no} {one.currency} {one.actual:,.2f}",
        parties=(),
        agencies=(payment.bank.code,),
        hold=False,
        created_by=created_by,
    )
    rate = _rate(one.currency, payment.received_on)
    row = BopDeclaration.objects.create(
        submission=submission,
        payment=payment,
        version=version,
        code=one.code,
        in_statistics=found.codes[one.code].in_statistics,
        currency=one.currency,
        actual=one.actual,
        gross_in=one.gross_in,
        gross_out=one.gross_out,
        rate=rate,
        cny=None if rate is None else in_cny(one.actual, rate),
        confirmed=agreed,
    )
    publish(row.pk, "submit")
    return row


def _rate(currency: str, on: date) -> Decimal | None:
    try:
        return exchange_rate(currency, on, "spot").value
    except RateMissing:
        return None


def share(submission: Submission, agency: str) -> Frozen:
    """What goes to the bank: the declaration as frozen, under its reference number."""
    body = msgspec.json.decode(services.unseal_payload(submission))
    named = body | {"reference": submission.reference, "kind": submission.kind}
    return Frozen(msgspec.json.encode(named, order="deterministic"), "application/json")


def payload(found: Basis, one: Declaration, agreed: list[str], version: int) -> dict[str, Any]:
    """The frozen declaration with all fields of R4.09; amounts as decimal strings."""
    payment = found.payment
    return {
        "declaration_no": payment.declaration_no,
        "version": version,
        "account_holder": payment.company.name,
        "uscc": payment.company.uscc,
        "organisation_code": payment.company.uscc[8:17],
        "account": payment.account,
        "payer": payment.payer,
        "payer_country": payment.payer_country,
        "received_on": payment.received_on.isoformat(),
        "currency": one.currency,
        **{
            name: str(getattr(one, name))
            for name in ("actual", "gross_in", "gross_out", "settled", "held", "other")
        },
        "code": one.code,
        "remark": one.remark,
        "nature": one.nature,
        "bonded": one.bonded,
        "declared_on": one.declared_on.isoformat(),
        "statements": list(found.statements),
        "orders": list(found.order_nos),
        "orders_in_customs_statistics": found.known.orders_in_statistics,
        "confirmed_warnings": agreed,
    }

"""Entering, ending and dating what each party has on its register: written when it accepts its part."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Company
from accounts.services import enter_registration
from filing.enterprise.definition import BANK, CODE, COMMERCE, CUSTOMS, MARKET, TAX
from filing.enterprise.rules import safe_code
from filing.models import EnterpriseRecord, Register
from reference.numbers import customs_code_valid
from submissions.definitions import information
from submissions.models import Referral, Submission
from submissions.registry import Happened
from trail.actors import Actor
from trail.services import record

REGISTER_OF: dict[str, Register] = {
    COMMERCE: Register.PILOT_ZONE,
    CUSTOMS: Register.CUSTOMS,
    TAX: Register.REFUND,
    BANK: Register.FX_DIRECTORY,
    MARKET: Register.LICENCE,
}


def accepted(happened: Happened) -> None:
    """A party accepted its part: its record is written in the same transaction."""
    rows = Referral.objects.filter(pk__in=happened.ids, submission__kind=CODE)
    for referral in rows.select_related("submission__company", "agency"):
        register = REGISTER_OF.get(referral.agency.code)
        if register is not None:
            _enter(referral, register, by=happened.by)


def _enter(referral: Referral, register: Register, *, by: Actor) -> None:
    submission, company = referral.submission, referral.submission.company
    values = information.values_for(submission, referral.agency.code)
    number = referral.agency_number or str(submission.reference)
    enter(
        company, register, number=number, since=timezone.localdate(), facts=facts_of(register, company, values),
        submission=submission, by=by,
    )  # fmt: skip
    if register is Register.PILOT_ZONE:
        enter_registration(company, in_pilot_zone=True, by=by)
    if register is Register.CUSTOMS:
        code = number if customs_code_valid(number) else ""
        enter_registration(company, customs_code=code, roles=values.get("ecommerce_types", ()), by=by)


def facts_of(register: Register, company: Company, values: dict[str, Any]) -> dict[str, Any]:
    """What the register says besides its number; codes and names, never personal data."""
    kept = {
        Register.PILOT_ZONE: ("modes",),
        Register.CUSTOMS: ("entity_type", "ecommerce_types", "customs_office"),
        Register.REFUND: ("taxpayer", "refund_method", "tax_authority"),
        Register.FX_DIRECTORY: ("account_bank", "currency"),
        Register.LICENCE: (),
    }[register]
    found = {code: values[code] for code in kept if code in values}
    if register is Register.FX_DIRECTORY:
        found["safe_code"] = safe_code(company.uscc)
    return found


@transaction.atomic
def enter(
    company: Company,
    register: Register,
    *,
    number: str,
    since: date,
    facts: dict[str, Any],
    submission: Submission,
    by: Actor,
) -> EnterpriseRecord:
    """The record in force from now on; the one before ends the day before. The same submission enters once."""
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    there = EnterpriseRecord.objects.filter(submission=submission, register=register).first()
    if there is not None:
        return there
    for old in EnterpriseRecord.objects.filter(company=company, register=register, until=None):
        old.until = max(old.since, since - timedelta(days=1))
        old.save(update_fields=["until"])
    row = EnterpriseRecord.objects.create(
        company=company,
        register=register,
        number=number[:64],
        since=since,
        facts=facts,
        submission=submission,
    )
    detail = {"register": register.value, "number": number, "since": since.isoformat()}
    record("filing.enter", by=by, object_type="enterprise_record", object_id=row.pk, detail=detail)
    return row


@transaction.atomic
def holds_since(submission: Submission, since: date, *, by: Actor) -> None:
    """The parties' letters name an earlier day from which their records of this submission hold."""
    for row in EnterpriseRecord.objects.select_for_update().filter(submission=submission, since__gt=since):
        before, row.since = row.since, since
        row.save(update_fields=["since"])
        detail = {"before": before.isoformat(), "after": since.isoformat()}
        record("filing.date", by=by, object_type="enterprise_record", object_id=row.pk, detail=detail)

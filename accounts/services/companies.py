"""The one company record."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext_noop

from accounts.models import Company, CompanyRole
from accounts.rules import company_problems
from reference.problems import Problem, Refused
from trail.actors import Actor
from trail.services import record


@transaction.atomic
def create_company(
    *,
    uscc: str,
    name: str,
    by: Actor,
    customs_code: str = "",
    name_en: str = "",
    roles: Iterable[CompanyRole | str] = (),
    dxp_id: str = "",
    in_pilot_zone: bool = False,
) -> Company:
    """The one record of a company; Refused with every problem of its codes and roles.

    `uscc` has 18 characters (R5.01), `customs_code` ten or none (R5.03).
    """
    ordered = sorted({str(role) for role in roles})
    problems = company_problems(uscc, customs_code, name, ordered) + _taken(uscc, customs_code)
    if problems:
        raise Refused(problems)
    company = Company.objects.create(
        uscc=uscc,
        customs_code=customs_code or None,
        name=name,
        name_en=name_en,
        roles=ordered,
        dxp_id=dxp_id,
        in_pilot_zone=in_pilot_zone,
    )
    detail = {"uscc": uscc, "customs_code": customs_code, "roles": ordered}
    record("company.created", by=by, object_type="company", object_id=company.pk, detail=detail)
    return company


@transaction.atomic
def set_company_roles(company: Company, roles: Iterable[CompanyRole | str], *, by: Actor) -> Company:
    """What a company may do at customs (R13.01), replaced as a whole."""
    new = sorted({str(role) for role in roles})
    problems = company_problems(company.uscc, company.customs_code or "", company.name, new)
    if problems:
        raise Refused(problems)
    company = Company.objects.select_for_update().get(pk=company.pk)
    detail = {"before": list(company.roles), "after": new}
    company.roles = new
    company.save(update_fields=["roles"])
    record("company.roles_changed", by=by, object_type="company", object_id=company.pk, detail=detail)
    return company


@transaction.atomic
def enter_registration(
    company: Company,
    *,
    by: Actor,
    in_pilot_zone: bool | None = None,
    customs_code: str = "",
    roles: Iterable[CompanyRole | str] = (),
) -> Company:
    """What an accepted filing says of a company: pilot zone, customs code, further roles (never fewer).

    Refused when the code is another company's, or a role does not exist.
    """
    company = Company.objects.select_for_update().get(pk=company.pk)
    new = sorted({*company.roles, *map(str, roles)})
    code = customs_code or company.customs_code or ""
    problems = company_problems(company.uscc, code, company.name, new)
    if code and Company.objects.filter(customs_code=code).exclude(pk=company.pk).exists():
        message = gettext_noop("A company with this customs code exists already.")
        problems.append(Problem("company.customs_code_taken", "/customs_code", message))
    if problems:
        raise Refused(problems)
    company.roles, company.customs_code = new, code or None
    if in_pilot_zone is not None:
        company.in_pilot_zone = in_pilot_zone
    company.save(update_fields=["roles", "customs_code", "in_pilot_zone"])
    detail = {"in_pilot_zone": company.in_pilot_zone, "customs_code": code, "roles": new}
    record("company.registered", by=by, object_type="company", object_id=company.pk, detail=detail)
    return company


def _taken(uscc: str, customs_code: str) -> list[Problem]:
    problems = []
    if Company.objects.filter(uscc=uscc).exists():
        message = gettext_noop("A company with this unified social credit code exists already.")
        problems.append(Problem("company.uscc_taken", "/uscc", message))
    if customs_code and Company.objects.filter(customs_code=customs_code).exists():
        message = gettext_noop("A company with this customs code exists already.")
        problems.append(Problem("company.customs_code_taken", "/customs_code", message))
    return problems

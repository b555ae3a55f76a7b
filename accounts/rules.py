"""What companies, memberships, mandates and machine clients must look like. Pure; all problems are listed."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import date

from django.utils.translation import gettext_noop

from accounts.models import Agency, Company, CompanyRole, Membership
from accounts.permissions import AGENCY_SCOPES, COMPANY_SCOPES, ROLES, Holder
from reference.numbers import customs_code_valid, uscc_problems
from reference.problems import Problem

SERVICE_FORM = re.compile(r"[a-z][a-z0-9-]{1,39}")


def company_problems(uscc: str, customs_code: str, name: str, roles: Iterable[str]) -> list[Problem]:
    """Codes (R5.01, R5.03), name and customs roles (R13.01) of a company."""
    problems = uscc_problems(uscc, "/uscc")
    if customs_code and not customs_code_valid(customs_code):
        message = gettext_noop("A customs code has five digits and then five digits or capitals.")
        problems.append(Problem("customs_code.form", "/customs_code", message))
    if not name.strip():
        problems.append(Problem("company.name", "/name", gettext_noop("The company has no name.")))
    for role in sorted(set(roles) - set(CompanyRole.values)):
        message = gettext_noop("There is no company role “{role}”.")
        problems.append(Problem("company.role", "/roles", message, {"role": role}))
    return problems


def holder_of(company: object | None, agency: object | None) -> Holder:
    """What a membership belongs to."""
    return "company" if company else "agency" if agency else "portal"


def membership_problems(
    role: str, company: Company | None, agency: Agency | None, held: Sequence[Membership]
) -> list[Problem]:
    """Whether a person who holds `held` may be given `role` there."""
    if company and agency:
        message = gettext_noop("A role belongs to one company or to one agency, not to both.")
        return [Problem("membership.both", "/", message)]
    holder = holder_of(company, agency)
    if role not in ROLES or ROLES[role].holder != holder:
        message = gettext_noop("The role “{role}” cannot be given here.")
        return [Problem("membership.role", "/role", message, {"role": role})]
    return _apart(role, holder, agency, held)


def _apart(role: str, holder: Holder, agency: Agency | None, held: Sequence[Membership]) -> list[Problem]:
    problems = []
    official = any(m.agency_id or not m.company_id for m in held)
    if (holder == "company" and official) or (holder != "company" and any(m.company_id for m in held)):
        message = gettext_noop("An official or administrator cannot belong to a company.")
        problems.append(Problem("membership.apart", "/company", message))
    if holder == "portal" and any(_is_portal(m) and m.role != role for m in held):
        message = gettext_noop("System, security and audit administrators are three different people.")
        problems.append(Problem("membership.administrators_apart", "/role", message))
    elsewhere = {m.agency_id for m in held if m.agency_id} - {agency.pk if agency else None}
    if holder != "company" and elsewhere:
        message = gettext_noop("An official belongs to one agency and holds no office in the portal.")
        problems.append(Problem("membership.one_agency", "/agency", message))
    if holder == "agency" and any(_is_portal(m) for m in held):
        message = gettext_noop("An administrator of the portal belongs to no agency.")
        problems.append(Problem("membership.one_agency", "/agency", message))
    return problems


def _is_portal(membership: Membership) -> bool:
    return membership.company_id is None and membership.agency_id is None


def mandate_problems(
    principal: Company, agent: Company, service: str, valid_from: date, valid_to: date | None
) -> list[Problem]:
    """Form of a mandate: two companies, a service, dates in order."""
    problems = []
    if principal.pk == agent.pk:
        message = gettext_noop("A company needs no mandate from itself.")
        problems.append(Problem("mandate.self", "/agent", message))
    if not SERVICE_FORM.fullmatch(service):
        message = gettext_noop("Name the service the mandate is for.")
        problems.append(Problem("mandate.service", "/service", message))
    if valid_to is not None and valid_to < valid_from:
        message = gettext_noop("The mandate ends before it begins.")
        problems.append(Problem("mandate.dates", "/valid_to", message))
    return problems


def scope_problems(scopes: Collection[str], *, for_agency: bool) -> list[Problem]:
    """Whether a machine client of that kind may be given those scopes."""
    message = gettext_noop("The scope “{scope}” cannot be given to this client.")
    allowed = AGENCY_SCOPES if for_agency else COMPANY_SCOPES
    refused = sorted(set(scopes) - allowed)
    problems = [Problem("client.scope", "/scopes", message, {"scope": scope}) for scope in refused]
    if not scopes:
        problems.append(Problem("client.no_scope", "/scopes", gettext_noop("Name at least one scope.")))
    return problems

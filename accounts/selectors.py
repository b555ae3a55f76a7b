"""Reads that other rooms share."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from accounts.models import Company, Mandate


def company_by_code(code: str) -> Company | None:
    """The company with that customs code or unified social credit code."""
    return companies_by_codes([code]).get(code)


def companies_by_codes(codes: Iterable[str]) -> dict[str, Company]:
    """Given code → company, for those that exist; one query. A code is a customs code or a USCC (R5.03)."""
    wanted = {code for code in codes if code}
    if not wanted:
        return {}
    found = Company.objects.filter(Q(uscc__in=wanted) | Q(customs_code__in=wanted))
    return {code: company for company in found for code in company.codes & wanted}


def mandate_in_force(principal: Company, agent: Company, service: str, on: date | None = None) -> bool:
    """Whether `agent` may act for `principal` in that service on that day (today in the portal's time zone).

    A company always acts for itself. Ask on every act; never keep the answer.
    """
    if principal.pk == agent.pk:
        return True
    mandates = Mandate.objects.in_force(on)
    return mandates.filter(principal=principal, agent=agent, service=service).exists()

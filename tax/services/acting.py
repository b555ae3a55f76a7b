"""For whom somebody may declare: asked anew on every act, of people and of machines alike."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from accounts.models import Company
from accounts.permissions import Permission
from accounts.principals import Principal
from tax.selectors import SERVICE
from trail.actors import Actor


def acting(principal: Principal, company: Company) -> Actor:
    """Who is to be recorded as acting for that company; `PermissionDenied` without permission or mandate."""
    principal.require(Permission.SUBMISSION_WRITE)
    if not principal.may_act_for(company, SERVICE):
        raise PermissionDenied
    return principal.actor_for(company)

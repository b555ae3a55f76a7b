"""Who belongs where, and in which role."""

from __future__ import annotations

from django.db import transaction

from accounts.models import Agency, Company, Membership, User
from accounts.permissions import ROLES
from accounts.rules import membership_problems
from reference.problems import Refused
from trail.actors import Actor
from trail.services import record


@transaction.atomic
def add_member(
    user: User, role: str, *, by: Actor, company: Company | None = None, agency: Agency | None = None
) -> Membership:
    """Give a person a role in one company, one agency, or (neither) in the portal itself.

    Refused when the role does not fit, or when it would unite what must stay apart: the three administrators,
    an official and a company. Officials and administrators may enter the admin from then on.
    """
    # The row of the person is locked: two roles given at the same moment see each other.
    user = User.objects.select_for_update().get(pk=user.pk)
    held = list(user.memberships.all())
    problems = membership_problems(role, company, agency, held)
    if problems:
        raise Refused(problems)
    found, created = Membership.objects.get_or_create(user=user, company=company, agency=agency, role=role)
    if not created:
        return found
    _set_staff(user)
    _record_membership("membership.added", found, by)
    return found


@transaction.atomic
def remove_member(membership: Membership, *, by: Actor) -> None:
    """Take a role away; it bites at the person's next request."""
    user = User.objects.select_for_update().get(pk=membership.user_id)
    _record_membership("membership.removed", membership, by)
    membership.delete()
    _set_staff(user)


def _set_staff(user: User) -> None:
    held = user.memberships.values_list("role", flat=True)
    staff = user.is_superuser or any(ROLES[role].holder != "company" for role in held if role in ROLES)
    if staff != user.is_staff:
        user.is_staff = staff
        user.save(update_fields=["is_staff"])


def _record_membership(action: str, membership: Membership, by: Actor) -> None:
    detail = {
        "user": membership.user_id,
        "role": membership.role,
        "company": membership.company_id,
        "agency": membership.agency_id,
    }
    record(action, by=by, object_type="user", object_id=membership.user_id, detail=detail)

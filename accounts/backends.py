"""Django's permission strings, answered from the roles of `permissions.py`: no second table of rights."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from accounts.permissions import Permission
from accounts.principals import principal_of_user

P = Permission
# What the admin asks → the permissions any of which answers yes. What is not here is nobody's.
DJANGO_PERMISSIONS: dict[str, frozenset[Permission]] = {
    "accounts.view_user": frozenset({P.USER_MANAGE}),
    "accounts.view_company": frozenset({P.USER_MANAGE, P.QUEUE_READ}),
    "accounts.add_company": frozenset({P.USER_MANAGE}),
    "accounts.view_agency": frozenset({P.USER_MANAGE, P.AGENCY_SWITCH}),
    "accounts.change_agency": frozenset({P.AGENCY_SWITCH}),
    "accounts.view_membership": frozenset({P.USER_MANAGE}),
    "accounts.add_membership": frozenset({P.USER_MANAGE}),
    "accounts.delete_membership": frozenset({P.USER_MANAGE}),
    "accounts.view_mandate": frozenset({P.USER_MANAGE, P.QUEUE_READ}),
    "accounts.view_clientprincipal": frozenset({P.USER_MANAGE}),
    "accounts.add_clientprincipal": frozenset({P.USER_MANAGE}),
    "trail.view_entry": frozenset({P.TRAIL_READ}),
    "identity.view_personallook": frozenset({P.TRAIL_READ}),
    "trail.view_seal": frozenset({P.TRAIL_READ}),
}
_CACHE = "_house_permissions"


def _held(user: User | AnonymousUser) -> frozenset[Permission]:
    if not isinstance(user, User) or not user.is_active:
        return frozenset()
    held: frozenset[Permission] | None = getattr(user, _CACHE, None)
    if held is None:
        held = principal_of_user(user).permissions
        setattr(user, _CACHE, held)
    return held


class RoleBackend(BaseBackend):
    """`user.has_perm` for the admin and for templates; a permission's own name works as well."""

    def has_perm(self, user_obj: User | AnonymousUser, perm: str, obj: Any = None) -> bool:  # type: ignore[override]
        """Whether one of the person's roles brings it."""
        asked = DJANGO_PERMISSIONS.get(perm, frozenset())
        return bool(_held(user_obj) & asked) or perm in _held(user_obj)

    def has_module_perms(self, user_obj: User | AnonymousUser, app_label: str) -> bool:
        """Whether the person may see anything of that room."""
        prefix = f"{app_label}."
        return any(self.has_perm(user_obj, perm) for perm in DJANGO_PERMISSIONS if perm.startswith(prefix))

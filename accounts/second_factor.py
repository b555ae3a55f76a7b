"""Whether this person, in this session, still owes a second factor .

`settings.SECOND_FACTOR_REQUIRED` asks for it at all; which roles it is asked of is said in `permissions.py`.
"""

from __future__ import annotations

from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest

from accounts.models import User
from accounts.principals import demands_second_factor, principal_of

# Set when the authenticator app was activated in this very session: its first code was shown then.
SESSION_DONE = "second_factor_done"


def demanded_of(user: User) -> bool:
    """Whether a role of this person demands a second factor now."""
    if not settings.SECOND_FACTOR_REQUIRED:
        return False
    return demands_second_factor(user, user.memberships.values_list("role", flat=True))


def is_set_up(user: User) -> bool:
    """Whether the person has an authenticator app."""
    return bool(get_adapter().is_mfa_enabled(user, types=[Authenticator.Type.TOTP]))


def shown(request: HttpRequest) -> bool:
    """Whether this session was opened with a code, or the authenticator was set up in it."""
    if request.session.get(SESSION_DONE):
        return True
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, request.user))


def second_factor_due(request: HttpRequest) -> bool:
    """Logged in, a second factor demanded, and none shown in this session."""
    if not settings.SECOND_FACTOR_REQUIRED:
        return False
    principal = principal_of(request)
    return principal is not None and principal.second_factor and not shown(request)

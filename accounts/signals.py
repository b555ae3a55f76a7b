"""What allauth tells us: each login, failure and change of a factor leaves a trail row."""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account
from allauth.account.adapter import get_adapter
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from django.contrib.auth import signals as auth
from django.core.exceptions import PermissionDenied
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.models import User
from accounts.personal import keyed_hash
from accounts.second_factor import SESSION_DONE
from trail.actors import SYSTEM, Actor
from trail.services import record


def _address(request: HttpRequest | None) -> dict[str, str]:
    if request is None:
        return {}
    try:
        return {"address": get_adapter().get_client_ip(request)}
    except PermissionDenied:  # a request made by a program, not by a connection
        return {}


def _record(action: str, user: User, request: HttpRequest | None, **detail: Any) -> None:
    by = Actor("person", str(user.pk), str(user))
    record(action, by=by, object_type="user", object_id=user.pk, detail={**_address(request), **detail})


@receiver(auth.user_logged_in, dispatch_uid="accounts.logged_in")
def logged_in(sender: object, request: HttpRequest, user: User, **_: object) -> None:
    """A login."""
    _record("login.done", user, request)


@receiver(auth.user_logged_out, dispatch_uid="accounts.logged_out")
def logged_out(sender: object, request: HttpRequest, user: User | None, **_: object) -> None:
    """A logout."""
    if user is not None:
        _record("login.ended", user, request)


@receiver(auth.user_login_failed, dispatch_uid="accounts.login_failed")
def login_failed(
    sender: object, credentials: dict[str, Any], request: HttpRequest | None = None, **_: object
) -> None:
    """A wrong password; the address that was tried is kept as a keyed hash, known or not."""
    tried = str(credentials.get("email") or credentials.get("username") or "")
    number = keyed_hash("login", tried.lower()).hex()
    record("login.failed", by=SYSTEM, object_type="login", object_id=number, detail=_address(request))


@receiver(account.password_changed, dispatch_uid="accounts.password_changed")
@receiver(account.password_set, dispatch_uid="accounts.password_set")
@receiver(account.password_reset, dispatch_uid="accounts.password_reset")
def password_changed(sender: object, request: HttpRequest, user: User, **_: object) -> None:
    """A new password, however it came."""
    _record("password.changed", user, request)


@receiver(account.email_changed, dispatch_uid="accounts.email_changed")
def email_changed(sender: object, request: HttpRequest, user: User, **_: object) -> None:
    """A new primary address."""
    _record("email.changed", user, request)


@receiver(mfa.authenticator_added, dispatch_uid="accounts.factor_added")
def factor_added(
    sender: object, request: HttpRequest, user: User, authenticator: Authenticator, **_: object
) -> None:
    """A second factor was set up: its first code was shown just now, in this session."""
    if authenticator.type == Authenticator.Type.TOTP:
        request.session[SESSION_DONE] = True
    _record("second_factor.added", user, request, kind=authenticator.type)


@receiver(mfa.authenticator_removed, dispatch_uid="accounts.factor_removed")
def factor_removed(
    sender: object, request: HttpRequest, user: User, authenticator: Authenticator, **_: object
) -> None:
    """A second factor was removed."""
    if authenticator.type == Authenticator.Type.TOTP:
        request.session.pop(SESSION_DONE, None)
    _record("second_factor.removed", user, request, kind=authenticator.type)

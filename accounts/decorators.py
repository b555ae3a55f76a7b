"""The door of a page: a permission, or the way to the login."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from accounts.permissions import Permission
from accounts.principals import principal_of

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def requires(*permissions: Permission) -> Callable[[View[P]], View[P]]:
    """Let in whoever holds all of `permissions`; strangers go to the login, others get 403.

    Without arguments: anyone who is logged in. The view carries them as `required_permissions`, from which
    the test of every URL × every role reads what to expect.
    """

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            principal = principal_of(request)
            if principal is None:
                return redirect_to_login(request.get_full_path())
            if not all(principal.may(permission) for permission in permissions):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.required_permissions = frozenset(permissions)  # type: ignore[attr-defined]
        return cast(View[P], guarded)

    return decorate

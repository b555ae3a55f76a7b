"""The second factor, where a role demands it."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.second_factor import is_set_up, second_factor_due

Handler = Callable[[HttpRequest], HttpResponse]

# Pages one needs to get through the door, or to leave: one's own account, never anybody's business.
_OWN_ACCOUNT = ("account_", "mfa_", "usersessions_")
_ALWAYS = frozenset({"set_language", "healthz", "readyz", "metrics"})
# The API answers 403 itself (`api_auth.SessionAuthentication`), it never redirects.
_API = "/api/"


def second_factor(get_response: Handler) -> Handler:
    """Send people whose role demands a second factor to set one up, before they see anything else.

    Who has one and did not show it in this session (it was opened some other way) logs in again.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if _is_open(request) or not second_factor_due(request):
            return get_response(request)
        if isinstance(request.user, User) and is_set_up(request.user):
            logout(request)
            return redirect(reverse("account_login"))
        messages.info(request, _("Your role needs a second factor. Set up an authenticator app to go on."))
        return redirect("mfa_activate_totp")

    return middleware


def _is_open(request: HttpRequest) -> bool:
    if request.path_info.startswith(_API) or not request.user.is_authenticated:
        return True
    try:
        name = resolve(request.path_info).url_name or ""
    except Resolver404:
        return False
    return name in _ALWAYS or name.startswith(_OWN_ACCOUNT)

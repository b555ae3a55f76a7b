"""The token endpoint: allauth's, behind a limit for wrong secrets, and nothing else of an OpenID provider.

Only client credentials are given out here, so the pages for consent, devices and claims are not mounted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from http import HTTPStatus

from allauth.account.adapter import get_adapter
from allauth.core.internal.httpkit import extract_basic_auth
from allauth.idp.oidc.models import Client
from allauth.idp.oidc.views import revoke as allauth_revoke
from allauth.idp.oidc.views import token as allauth_token
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

View = Callable[[HttpRequest], HttpResponse]

# Wrong secrets for one client from one address within the window, after which it must wait.
FAILURES = 10
WINDOW = 60


def _limited(view: View) -> View:
    """Count wrong secrets by client *and* address: nobody can shut another's client out."""

    def counted(request: HttpRequest) -> HttpResponse:
        key = _failures_key(request)
        if cache.get(key, 0) >= FAILURES:
            return JsonResponse(
                {"error": "temporarily_unavailable"},
                status=HTTPStatus.TOO_MANY_REQUESTS,
                headers={"Retry-After": str(WINDOW)},
            )
        response = view(request)
        if response.status_code == HTTPStatus.UNAUTHORIZED:
            _count_failure(key)
            response["WWW-Authenticate"] = 'Basic realm="token"'
        return response

    return counted


@csrf_exempt
@require_POST
@never_cache
def token(request: HttpRequest) -> HttpResponse:
    """POST grant_type=client_credentials with id and secret (Basic header or form) → an opaque bearer token.

    401 invalid_client for a wrong secret, 400 for another grant or a scope that is not the client's, 429
    after too many wrong secrets.
    """
    if request.POST.get("grant_type") != Client.GrantType.CLIENT_CREDENTIALS:
        return JsonResponse({"error": "unsupported_grant_type"}, status=HTTPStatus.BAD_REQUEST)
    return _limited(allauth_token)(request)


@csrf_exempt
@require_POST
@never_cache
def revoke(request: HttpRequest) -> HttpResponse:
    """POST token with id and secret → the token is dead (RFC 7009)."""
    return _limited(allauth_revoke)(request)


def _failures_key(request: HttpRequest) -> str:
    client_id = extract_basic_auth(request.headers)[0] or request.POST.get("client_id", "")
    who = f"{client_id}\x1f{get_adapter().get_client_ip(request)}"
    return f"token-failures:{hashlib.sha256(who.encode()).hexdigest()}"


def _count_failure(key: str) -> None:
    cache.add(key, 0, WINDOW)
    try:
        cache.incr(key)
    except ValueError:  # it ran out between the two
        cache.set(key, 1, WINDOW)

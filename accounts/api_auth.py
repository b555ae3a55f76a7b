"""Who calls the API: a machine client by bearer token, or a person by session.

allauth's own DRF class returns `user=None` for client credentials, answers a bad token as if there were none,
and takes tokens from the query string, where logs keep them. This one looks at the header alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.idp.oidc.adapter import get_adapter
from allauth.idp.oidc.internal.resources import is_resources_subset
from allauth.idp.oidc.models import Token
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _
from rest_framework import authentication, exceptions, permissions
from rest_framework.request import Request

if TYPE_CHECKING:  # The REST framework imports this module while it imports its views.
    from rest_framework.views import APIView

from accounts.models import ClientPrincipal, User
from accounts.permissions import Scope
from accounts.principals import Principal, principal_of, principal_of_client
from accounts.second_factor import second_factor_due
from trail import prepared

REALM = "api"


def bearer_token(request: Request) -> str | None:
    """The token of the Authorization header (RFC 6750 §2.1); None when there is no bearer header."""
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


class ClientAuthentication(authentication.BaseAuthentication):
    """Client-credentials tokens of `allauth.idp.oidc`; the principal is the company or agency of the client.

    Every request asks the database whether token, client, scopes and principal are as they were: whatever was
    revoked a moment ago no longer counts, however long the token would have lived.
    """

    def authenticate(self, request: Request) -> tuple[Principal, Token] | None:
        """The principal and the token; AuthenticationFailed (401) for a token that is not good."""
        value = bearer_token(request)
        if value is None:
            return None
        token = _valid_token(value)
        link = _link_of(token) if token else None
        if token is None or link is None:
            raise exceptions.AuthenticationFailed(_("The access token is unknown, expired or revoked."))
        if not is_resources_subset([request.build_absolute_uri(request.path)], token.get_resources()):
            raise exceptions.AuthenticationFailed(_("The access token was issued for another service."))
        return principal_of_client(link, set(token.get_scopes()) & set(link.client.get_scopes())), token

    def authenticate_header(self, request: Request) -> str:
        """What makes DRF answer 401, not 403 (RFC 6750 §3)."""
        if bearer_token(request) is None:
            return f'Bearer realm="{REALM}"'
        return f'Bearer realm="{REALM}", error="invalid_token"'


# Where each row of a caller stands, and the transaction that wrote it: the same mark, the same rows.
_ROWS = (
    *("allauth_idp_oidc_token", "allauth_idp_oidc_client", "accounts_clientprincipal"),
    *("accounts_company", "accounts_agency"),
)
_MARK = f"concat_ws('.', {', '.join(f'{one}.ctid, {one}.xmin' for one in _ROWS)})"
_MARK_OF = f"""
SELECT {_MARK} FROM allauth_idp_oidc_token
JOIN allauth_idp_oidc_client ON allauth_idp_oidc_client.id = allauth_idp_oidc_token.client_id
LEFT JOIN accounts_clientprincipal ON accounts_clientprincipal.client_id = allauth_idp_oidc_client.id
LEFT JOIN accounts_company ON accounts_company.id = accounts_clientprincipal.company_id
LEFT JOIN accounts_agency ON accounts_agency.id = accounts_clientprincipal.agency_id
WHERE allauth_idp_oidc_token.type = 'at' AND allauth_idp_oidc_token.hash = %s
  AND allauth_idp_oidc_token.user_id IS NULL
  AND (allauth_idp_oidc_token.expires_at IS NULL OR allauth_idp_oidc_token.expires_at > clock_timestamp())
"""  # noqa: S608 - names of ours
_MOST = 1024  # tokens remembered by a process
_known: dict[str, tuple[str, Token]] = {}


def _valid_token(value: str) -> Token | None:
    """The token with its client and principal; read again when one of their rows has changed. One query."""
    digest = get_adapter().hash_token(value)
    if (kept := _known.get(digest)) is None:
        return _read_token(digest)
    found = prepared.rows(_MARK_OF, [digest])
    return kept[1] if found and found[0][0] == kept[0] else _read_token(digest)


def _read_token(digest: str) -> Token | None:
    principal = "client__principal"
    valid = Token.objects.valid().filter(type=Token.Type.ACCESS_TOKEN, hash=digest, user__isnull=True)
    rows = valid.select_related("client", principal, f"{principal}__company", f"{principal}__agency")
    token: Token | None = rows.annotate(mark=RawSQL(_MARK, ())).first()  # noqa: S611 - names of ours
    _known.pop(digest, None)
    if token is not None:
        if len(_known) >= _MOST:
            _known.clear()
        _known[digest] = (token.mark, token)
    return token


def _link_of(token: Token) -> ClientPrincipal | None:
    link: ClientPrincipal | None = getattr(token.client, "principal", None)
    return link if link is not None and link.disabled_at is None else None


class SessionAuthentication(authentication.SessionAuthentication):
    """A logged-in person; unsafe methods need the CSRF token. A second factor that is due is due here too."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """The person, or nobody."""
        found = super().authenticate(request)
        if found is not None and second_factor_due(request._request):
            raise exceptions.PermissionDenied(_("Set up a second factor first."), code="second_factor")
        return found


class InsufficientScope(exceptions.PermissionDenied):
    """403 that names the scope the client lacks (RFC 6750 §3.1)."""

    def __init__(self, scope: str) -> None:
        super().__init__(_("The scope “{scope}” is needed.").format(scope=scope), code="insufficient_scope")
        self.auth_header = f'Bearer realm="{REALM}", error="insufficient_scope", scope="{scope}"'


class HasScope(permissions.BasePermission):
    """The view's `required_scopes`: {method or "*": scope}. A view that names none lets nobody in.

    A person needs the permission that the scope stands for.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether client or person may call this method of the view."""
        principal = principal_of(request)
        scope = required_scope(view, request.method or "")
        if principal is None:
            return False
        if scope is None:
            if not hasattr(view, (request.method or "").lower()):
                raise exceptions.MethodNotAllowed(request.method or "")
            return False
        if principal.may(Scope(scope).permission):
            return True
        if isinstance(request.user, User):
            return False
        raise InsufficientScope(scope)


def required_scope(view: APIView, method: str) -> str | None:
    """The scope that `method` of the view asks for (HEAD and OPTIONS as GET)."""
    scopes: dict[str, str] = getattr(view, "required_scopes", {})
    asked = "GET" if method in {"HEAD", "OPTIONS"} else method
    return scopes.get(asked, scopes.get("*"))

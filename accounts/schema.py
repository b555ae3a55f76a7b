"""How the API's schema describes its two logins."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

from accounts.api_auth import required_scope
from accounts.permissions import Scope


class ClientScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """OAuth 2.0 client credentials, with the scope that each operation needs."""

    target_class = "accounts.api_auth.ClientAuthentication"
    name = "client"

    def get_security_requirement(self, auto_schema: AutoSchema) -> dict[str, list[Any]]:
        """The scope of this operation."""
        scope = required_scope(auto_schema.view, auto_schema.method)
        return {"client": [str(scope)] if scope else []}

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        """Where tokens come from, and every scope with its sentence."""
        scopes = {str(scope): str(scope.permission.sentence) for scope in Scope}
        token_url = reverse("idp:oidc:token")
        return {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": token_url, "scopes": scopes}}}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The cookie of a logged-in person."""

    target_class = "accounts.api_auth.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        """The cookie; its name differs where there is HTTPS."""
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}

"""Who calls the API: a machine client by bearer token, or a person by session."""

from __future__ import annotations

from rest_framework import authentication, permissions
from rest_framework.request import Request
from rest_framework.views import APIView


class ClientAuthentication(authentication.BaseAuthentication):
    """Client-credentials tokens of `allauth.idp.oidc`."""

    def authenticate(self, request: Request) -> None:
        """To be filled in."""
        return


class SessionAuthentication(authentication.SessionAuthentication):
    """A logged-in person."""


class HasScope(permissions.BasePermission):
    """The view's `required_scopes`."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """To be filled in."""
        return False

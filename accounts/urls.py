"""Login pages of people, and the two endpoints of machine clients: get a token, give it back."""

from __future__ import annotations

from allauth.idp.oidc.views import revoke
from django.urls import include, path

from accounts.token import token

# The names are those allauth looks its own addresses up by.
_oidc = ([path("token", token, name="token"), path("revoke", revoke, name="revoke")], "oidc")
_idp = ([path("", include(_oidc))], "idp")

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("identity/o/api/", include(_idp)),
]

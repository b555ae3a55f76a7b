"""People's own logins, a company's mandates, and the two endpoints of machine clients."""

from __future__ import annotations

from django.urls import include, path

from accounts import views
from accounts.token import revoke, token

# The names are those allauth looks its own addresses up by.
_oidc = ([path("token", token, name="token"), path("revoke", revoke, name="revoke")], "oidc")
_idp = ([path("", include(_oidc))], "idp")

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("mandates/", views.mandates, name="mandates"),
    path("mandates/<int:pk>/revoke/", views.revoke_mandate, name="mandate_revoke"),
    path("identity/o/api/", include(_idp)),
]

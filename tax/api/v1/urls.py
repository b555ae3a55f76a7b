"""Addresses of this room under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from tax.api.v1.exemptions import ExemptionMonthView, ExemptionsView, ExemptionView

urlpatterns: list[URLPattern | URLResolver] = [
    path("exemptions", ExemptionsView.as_view(), name="api-exemptions"),
    path("exemptions/month", ExemptionMonthView.as_view(), name="api-exemption-month"),
    path("exemptions/<uuid:declaration_id>", ExemptionView.as_view(), name="api-exemption"),
]

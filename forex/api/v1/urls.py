"""Addresses of this room under /api/v1/."""

from __future__ import annotations

from django.urls import path

from forex.api.v1.payments import InwardPaymentsView

urlpatterns = [
    path("forex/inward-payments", InwardPaymentsView.as_view(), name="api-forex-payments"),
]

"""Addresses of this room under /api/v1/."""

from __future__ import annotations

from django.urls import path

from forex.api.v1.payments import InwardPaymentsView
from forex.api.v1.queries import DeclarationQueriesView, DocumentUsesView

urlpatterns = [
    path("forex/inward-payments", InwardPaymentsView.as_view(), name="api-forex-payments"),
    path("forex/declaration-queries", DeclarationQueriesView.as_view(), name="api-forex-queries"),
    path("forex/document-uses", DocumentUsesView.as_view(), name="api-forex-uses"),
]

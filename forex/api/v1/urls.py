"""Addresses of this room under /api/v1/."""

from __future__ import annotations

from django.urls import path

from forex.api.v1.payments import InwardPaymentsView
from forex.api.v1.queries import DeclarationQueriesView, DocumentReleaseView, DocumentUsesView

urlpatterns = [
    path("forex/inward-payments", InwardPaymentsView.as_view(), name="api-forex-payments"),
    path("forex/declaration-queries", DeclarationQueriesView.as_view(), name="api-forex-queries"),
    path("forex/document-uses", DocumentUsesView.as_view(), name="api-forex-uses"),
    path(
        "forex/document-uses/<uuid:use_id>/release",
        DocumentReleaseView.as_view(),
        name="api-forex-use-release",
    ),
]

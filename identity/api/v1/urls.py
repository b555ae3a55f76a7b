"""Addresses of this room under /api/v1/."""

from __future__ import annotations

from django.urls import path

from identity.api.v1.checks import BatchListView, BatchView, CheckView

urlpatterns = [
    path("identity-checks", CheckView.as_view(), name="api-identity-checks"),
    path("identity-check-batches", BatchListView.as_view(), name="api-identity-batches"),
    path("identity-check-batches/<uuid:batch_id>", BatchView.as_view(), name="api-identity-batch"),
]

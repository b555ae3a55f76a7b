"""Addresses of this room under /api/v1/."""

from __future__ import annotations

from django.urls import path

from credit.api.v1.facts import FactView, LevelView, WholeRecordView
from credit.api.v1.public import PublicRecordsView

urlpatterns = [
    path("credit/facts", FactView.as_view(), name="api-credit-facts"),
    path("credit/levels", LevelView.as_view(), name="api-credit-levels"),
    path("credit/records", WholeRecordView.as_view(), name="api-credit-records"),
    path("public/records", PublicRecordsView.as_view(), name="api-public-records"),
]

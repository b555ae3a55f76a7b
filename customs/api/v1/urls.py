"""Addresses of this room under /api/v1/."""

from __future__ import annotations

from django.urls import path

from customs.api.v1.inventories import InventoryListView, InventoryView
from customs.api.v1.messages import MessageView
from customs.api.v1.quotes import QuoteView

urlpatterns = [
    path("ceb/messages", MessageView.as_view(), name="api-ceb-messages"),
    path("customs/import-tax/quotes", QuoteView.as_view(), name="api-quotes"),
    path("inventories", InventoryListView.as_view(), name="api-inventories"),
    path("inventories/<uuid:inventory_id>", InventoryView.as_view(), name="api-inventory"),
]

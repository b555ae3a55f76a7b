"""Addresses of this room under /api/v1/."""

from __future__ import annotations

from django.urls import path

from customs.api.v1.b2b import B2BChecksView, B2BDeclarationsView, B2BDeclarationView
from customs.api.v1.exports import ExportListListView, ExportListView
from customs.api.v1.inventories import InventoryListView, InventoryView
from customs.api.v1.messages import MessageView
from customs.api.v1.quotes import QuoteView

urlpatterns = [
    path("ceb/messages", MessageView.as_view(), name="api-ceb-messages"),
    path("customs/import-tax/quotes", QuoteView.as_view(), name="api-quotes"),
    path("b2b-declarations", B2BDeclarationsView.as_view(), name="api-b2b-declarations"),
    path("b2b-declaration-checks", B2BChecksView.as_view(), name="api-b2b-checks"),
    path("b2b-declarations/<str:reference>", B2BDeclarationView.as_view(), name="api-b2b-declaration"),
    path("export-lists", ExportListListView.as_view(), name="api-export-lists"),
    path("export-lists/<uuid:list_id>", ExportListView.as_view(), name="api-export-list"),
    path("inventories", InventoryListView.as_view(), name="api-inventories"),
    path("inventories/<uuid:inventory_id>", InventoryView.as_view(), name="api-inventory"),
]

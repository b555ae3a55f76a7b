"""Addresses of this room under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from filing.api.v1.filings import FilingView
from filing.api.v1.goods import GoodsView

urlpatterns: list[URLPattern | URLResolver] = [
    path("filings/<str:uscc>", FilingView.as_view(), name="api-filings"),
    path("goods", GoodsView.as_view(), name="api-goods"),
]

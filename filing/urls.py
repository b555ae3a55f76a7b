"""Addresses of this room's pages."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("goods/", include("filing.goods.urls")),
]

"""Addresses of this room's pages, under /customs/."""

from __future__ import annotations

from django.urls import path

from customs import paper_views, views

urlpatterns = [
    path("upload/", views.upload, name="customs_upload"),
    path("upload/<slug:key>/", views.uploaded, name="customs_uploaded"),
    path("lists/", views.lists, name="customs_lists"),
    path("lists/<uuid:inventory_id>/", views.inventory, name="inventory"),
    path("lists/<uuid:inventory_id>/certificate.pdf", paper_views.certificate, name="certificate"),
]

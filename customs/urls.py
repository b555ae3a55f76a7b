"""Addresses of this room's pages, under /customs/."""

from __future__ import annotations

from django.urls import path

from customs import paper_views, views
from customs.export import views as export

urlpatterns = [
    path("upload/", views.upload, name="customs_upload"),
    path("upload/<slug:key>/", views.uploaded, name="customs_uploaded"),
    path("lists/", views.lists, name="customs_lists"),
    path("lists/exports/", export.lists, name="export_lists"),
    path("lists/exports/<uuid:list_id>/", export.export_list, name="export_list"),
    path("lists/exports/notices/<uuid:notice_id>/", export.notice, name="export_notice"),
    path("lists/<uuid:inventory_id>/", views.inventory, name="inventory"),
    path("lists/<uuid:inventory_id>/certificate.pdf", paper_views.certificate, name="certificate"),
]

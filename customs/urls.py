"""Addresses of this room's pages, under /customs/."""

from __future__ import annotations

from django.urls import include, path

from customs import paper_views, views
from customs.export import papers
from customs.export import views as export
from customs.onelist import views as onelist

urlpatterns = [
    path("b2b/", include("customs.b2b.urls")),
    path("upload/", views.upload, name="customs_upload"),
    path("upload/<slug:key>/", views.uploaded, name="customs_uploaded"),
    path("one-list/import/", onelist.begin, {"kind": "import-declaration"}, name="one_list_import"),
    path("one-list/export/", onelist.begin, {"kind": "export-declaration"}, name="one_list_export"),
    path("one-list/<uuid:draft_id>/", onelist.one_list, name="one_list"),
    path("one-list/<uuid:draft_id>/check/", onelist.check, name="one_list_check"),
    path("one-list/<uuid:draft_id>/unsigned.xml", onelist.unsigned, name="one_list_unsigned"),
    path("one-list/<uuid:draft_id>/hand-in/", onelist.hand_in, name="one_list_hand_in"),
    path("one-list/<uuid:draft_id>/give-up/", onelist.discard, name="one_list_discard"),
    path("lists/", views.lists, name="customs_lists"),
    path("lists/exports/", export.lists, name="export_lists"),
    path("lists/exports/<uuid:list_id>/", export.export_list, name="export_list"),
    path(
        "lists/exports/<uuid:list_id>/release.pdf",
        export.paper,
        {"object_type": papers.RELEASE},
        name="export_release",
    ),
    path(
        "lists/exports/<uuid:list_id>/closing.pdf",
        export.paper,
        {"object_type": papers.CLOSING},
        name="export_closing",
    ),
    path("lists/exports/notices/<uuid:notice_id>/", export.notice, name="export_notice"),
    path("lists/<uuid:inventory_id>/", views.inventory, name="inventory"),
    path("lists/<uuid:inventory_id>/certificate.pdf", paper_views.certificate, name="certificate"),
]

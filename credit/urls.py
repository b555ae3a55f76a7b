"""Addresses of this room's pages, under /credit/."""

from __future__ import annotations

from django.urls import path

from credit import request_views, views

urlpatterns = [
    path("", views.search, name="credit_search"),
    path("formula/", views.formula, name="credit_formula"),
    path("own/", views.own, name="credit_own"),
    path("own/<uuid:fact_id>/objection/", request_views.objection, name="credit_object"),
    path("own/<uuid:fact_id>/repair/", request_views.repair, name="credit_repair"),
    path("records/<slug:uscc>/", views.public_record, name="credit_public"),
    path("records/<slug:uscc>/records.csv", views.public_csv, name="credit_csv"),
]

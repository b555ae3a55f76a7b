"""Addresses of this desk's pages, under /customs/b2b/."""

from __future__ import annotations

from django.urls import path

from customs.b2b import views

urlpatterns = [path("", views.declarations, name="b2b_declarations")]

"""Addresses of the buyer's page, under /my-identity/."""

from __future__ import annotations

from django.urls import path

from identity import views

urlpatterns = [
    path("", views.claim, name="identity_claim"),
    path("uses/", views.uses, name="identity_uses"),
    path("answer/", views.answer, name="identity_answer"),
    path("leave/", views.leave, name="identity_leave"),
    path("report/", views.progress, name="identity_report"),
]

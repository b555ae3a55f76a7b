"""Addresses of this room's pages, under /exemptions/."""

from __future__ import annotations

from django.urls import path

from tax import views

urlpatterns = [
    path("", views.exemptions, name="exemptions"),
    path("month/", views.exemption_month, name="exemption_month"),
    path("invoices/", views.exemption_invoices, name="exemption_invoices"),
    path("complete/", views.exemption_complete, name="exemption_complete"),
    path("declare/", views.exemption_declare, name="exemption_declare"),
    path("declarations/<uuid:declaration_id>/", views.exemption_declaration, name="exemption_declaration"),
    path(
        "declarations/<uuid:declaration_id>/comparison.pdf",
        views.exemption_comparison,
        name="exemption_comparison",
    ),
]

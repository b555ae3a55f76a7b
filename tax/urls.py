"""Addresses of this room's pages, under /exemptions/."""

from __future__ import annotations

from django.urls import path

from tax.views import declared, month, record

_ONE = "declarations/<uuid:declaration_id>/"
urlpatterns = [
    path("", month.exemptions, name="exemptions"),
    path("month/", month.exemption_month, name="exemption_month"),
    path("invoices/", record.exemption_invoices, name="exemption_invoices"),
    path("invoices/file/", record.exemption_invoice_file, name="exemption_invoice_file"),
    path("invoices/template.xlsx", record.exemption_invoice_template, name="exemption_invoice_template"),
    path("complete/", record.exemption_complete, name="exemption_complete"),
    path("declare/", month.exemption_declare, name="exemption_declare"),
    path(_ONE, declared.exemption_declaration, name="exemption_declaration"),
    path(f"{_ONE}lines.csv", declared.exemption_lines_csv, name="exemption_lines_csv"),
    path(f"{_ONE}comparison.pdf", declared.exemption_comparison, name="exemption_comparison"),
]

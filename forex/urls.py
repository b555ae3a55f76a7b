"""Addresses of this room's pages, under /forex/."""

from __future__ import annotations

from django.urls import path

from forex.views import consents, declarations, indicators, payments, statements

urlpatterns = [
    path("", payments.payments, name="forex_payments"),
    path("payments/<uuid:payment_id>/", payments.payment, name="forex_payment"),
    path("payments/<uuid:payment_id>/match/", payments.match, name="forex_match"),
    path("payments/<uuid:payment_id>/unmatch/", payments.unmatch, name="forex_unmatch"),
    path("payments/<uuid:payment_id>/hand-over/", payments.hand_over, name="forex_hand_over"),
    path("payments/<uuid:payment_id>/declaration.pdf", declarations.paper, name="forex_declaration_paper"),
    path("payments/<uuid:payment_id>/declare/", declarations.declare, name="forex_declare"),
    path("statements/", statements.statements, name="forex_statements"),
    path("statements/new/", statements.new, name="forex_statement_new"),
    path("statements/template.xlsx", statements.template, name="forex_statement_template"),
    path("statements/<uuid:statement_id>/", statements.statement, name="forex_statement"),
    path("indicators/", indicators.indicators_page, name="forex_indicators"),
    path("indicators.csv", indicators.indicators_csv, name="forex_indicators_csv"),
    path("banks/", consents.consents_page, name="forex_consents"),
    path("banks/<uuid:consent_id>/withdraw/", consents.withdraw, name="forex_consent_withdraw"),
]

"""Addresses of this room under /api/v1/."""

from __future__ import annotations

from django.urls import path

from forex.api.v1.declarations import BopDeclarationsView, BopDeclarationView
from forex.api.v1.indicators import IndicatorsView
from forex.api.v1.matches import MatchesView, MatchUndoView
from forex.api.v1.payments import InwardPaymentsView
from forex.api.v1.queries import DeclarationQueriesView, DocumentReleaseView, DocumentUsesView
from forex.api.v1.statements import PayoutStatementsView

urlpatterns = [
    path("forex/inward-payments", InwardPaymentsView.as_view(), name="api-forex-payments"),
    path("forex/payout-statements", PayoutStatementsView.as_view(), name="api-forex-statements"),
    path("forex/matches", MatchesView.as_view(), name="api-forex-matches"),
    path("forex/matches/<uuid:match_id>/undo", MatchUndoView.as_view(), name="api-forex-match-undo"),
    path("forex/bop-declarations", BopDeclarationsView.as_view(), name="api-forex-declarations"),
    path(
        "forex/bop-declarations/<str:reference>",
        BopDeclarationView.as_view(),
        name="api-forex-declaration",
    ),
    path("forex/indicators", IndicatorsView.as_view(), name="api-forex-indicators"),
    path("forex/declaration-queries", DeclarationQueriesView.as_view(), name="api-forex-queries"),
    path("forex/document-uses", DocumentUsesView.as_view(), name="api-forex-uses"),
    path(
        "forex/document-uses/<uuid:use_id>/release",
        DocumentReleaseView.as_view(),
        name="api-forex-use-release",
    ),
]

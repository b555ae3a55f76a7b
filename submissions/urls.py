"""Addresses of this room's pages."""

from __future__ import annotations

from django.urls import include, path

from submissions import paper_views, views

urlpatterns = [
    path("", include("submissions.definitions.urls")),
    path("submissions/", views.submissions, name="submissions"),
    path("submissions/<str:reference>/", views.submission, name="submission"),
    path(
        "submissions/<str:reference>/acknowledgement.pdf", paper_views.acknowledgement, name="acknowledgement"
    ),
    path("verify/", paper_views.verify_form, name="verify_entry"),
    path("verify/<str:code>/", paper_views.verify, name="verify"),
    path("papers/signing-certificate.pem", paper_views.signing_certificate, name="signing_certificate"),
]

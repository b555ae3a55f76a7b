"""Addresses of what is filled in as a form."""

from __future__ import annotations

from django.urls import path

from submissions.definitions import after_views, views

urlpatterns = [
    path("apply/<slug:kind>/", views.start, name="apply"),
    path("drafts/<uuid:draft_id>/", views.draft, name="draft"),
    path("drafts/<uuid:draft_id>/check/", views.check, name="draft_check"),
    path("drafts/<uuid:draft_id>/hand-in/", views.hand_in, name="draft_hand_in"),
    path("drafts/<uuid:draft_id>/give-up/", views.discard, name="draft_discard"),
    path("drafts/<uuid:draft_id>/papers/<slug:code>/", views.add_paper, name="draft_paper"),
    path(
        "drafts/<uuid:draft_id>/papers/<uuid:attachment_id>/remove/",
        views.remove_paper,
        name="draft_paper_remove",
    ),
    path("papers-handed-in/<uuid:attachment_id>/", after_views.read_paper, name="attachment"),
    path(
        "submissions/<str:reference>/questions/<uuid:question_id>/",
        after_views.answer,
        name="information_answer",
    ),
    path(
        "submissions/<str:reference>/questions/<uuid:question_id>/papers/<slug:code>/",
        after_views.answer_paper,
        name="information_paper",
    ),
    path("submissions/<str:reference>/certificate.pdf", after_views.certificate, name="service_certificate"),
    path("submissions/<str:reference>/withdraw/", after_views.withdraw, name="submission_withdraw"),
    path("submissions/<str:reference>/copy/", after_views.copy, name="submission_copy"),
]

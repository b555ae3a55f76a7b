"""Addresses of this room under /api/v1/."""

from __future__ import annotations

from django.urls import path

from submissions.api.v1.inbox import InboxView
from submissions.api.v1.services import ServiceSubmissionsView, ServiceView
from submissions.api.v1.views import ChangeListView, SubmissionListView, SubmissionView

urlpatterns = [
    path("submissions", SubmissionListView.as_view(), name="api-submissions"),
    path("submissions/<str:reference>", SubmissionView.as_view(), name="api-submission"),
    path("services/<slug:kind>", ServiceView.as_view(), name="api-service"),
    path(
        "services/<slug:kind>/submissions", ServiceSubmissionsView.as_view(), name="api-service-submissions"
    ),
    path("changes", ChangeListView.as_view(), name="api-changes"),
    path("inbox/<slug:agency>", InboxView.as_view(), name="api-inbox"),
]

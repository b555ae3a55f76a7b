"""Submissions and the change feed over REST."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import Scope
from accounts.principals import Principal, principal_of
from submissions import feed
from submissions.api.v1 import shapes
from submissions.api.v1.queries import PAGING, Asked, paged
from submissions.models import Submission, SubmissionState
from submissions.selectors import visible_to


def caller(request: Request) -> Principal:
    """Who calls; the permission class has let it in."""
    principal = principal_of(request)
    if principal is None:
        raise exceptions.NotAuthenticated
    return principal


STATES = [state.value for state in SubmissionState if state != SubmissionState.DRAFT]


def _filtered(principal: Principal, asked: Asked) -> QuerySet[Submission]:
    rows = visible_to(principal).exclude(state=SubmissionState.DRAFT)
    narrowed = {
        "state": asked.one_of("state", STATES),
        "kind": asked.text("kind"),
        "submitted_at__gte": asked.moment("submitted_from"),
        "submitted_at__lt": asked.moment("submitted_to"),
        "pk__lt": asked.cursor(),
    }
    return rows.filter(**{lookup: value for lookup, value in narrowed.items() if value})


class SubmissionListView(APIView):
    """Submissions the caller may read, newest first."""

    required_scopes = {"GET": Scope.SUBMISSIONS_READ}

    @extend_schema(
        operation_id="submissions_list",
        parameters=[
            OpenApiParameter("state", enum=STATES),
            OpenApiParameter("kind", description="Service code, e.g. import-declaration."),
            OpenApiParameter("submitted_from", description="ISO 8601, inclusive."),
            OpenApiParameter("submitted_to", description="ISO 8601, exclusive."),
            *PAGING,
        ],
        responses={200: shapes.SubmissionPageSerializer, **shapes.problems(400)},
    )
    def get(self, request: Request) -> Response:
        """A page."""
        asked = Asked(request)
        limit, rows = asked.limit(), _filtered(caller(request), asked)
        asked.checked()
        rows = rows.select_related("company").prefetch_related("referrals__agency")
        return paged(rows, shapes.SubmissionSerializer, limit=limit)


class SubmissionView(APIView):
    """One submission by its reference number."""

    required_scopes = {"GET": Scope.SUBMISSIONS_READ}

    @extend_schema(
        operation_id="submissions_read",
        responses={200: shapes.SubmissionSerializer, **shapes.problems(404)},
    )
    def get(self, request: Request, reference: str) -> Response:
        """404 also for what belongs to others: that it exists is theirs to know."""
        rows = visible_to(caller(request)).select_related("company").prefetch_related("referrals__agency")
        return Response(shapes.SubmissionSerializer(get_object_or_404(rows, reference=reference)).data)


class ChangeListView(APIView):
    """The change feed: everything that changed and the caller may read, once each, in order."""

    required_scopes = {"GET": Scope.CHANGES_READ}

    @extend_schema(
        operation_id="changes_list",
        parameters=[
            OpenApiParameter(
                "after", description="The `next` of the page before; without it, from the start."
            ),
            OpenApiParameter("limit", type=int, description="1 to 500, 100 when not given."),
        ],
        responses={200: shapes.ChangePageSerializer, **shapes.problems(400)},
    )
    def get(self, request: Request) -> Response:
        """A page; the same cursor gives the same rows again (replay)."""
        principal = caller(request)
        scope: dict[str, Any] = (
            {"agency": principal.agency.code}
            if principal.agency
            else {"companies": [principal.company.pk] if principal.company else []}
        )
        asked = Asked(request)
        limit = asked.limit()
        try:
            rows, after = feed.read(asked.text("after"), limit, **scope)
        except feed.BadCursor:
            asked.wrong("after", _("Not a cursor of this feed."))
        asked.checked()
        return Response({"results": shapes.ChangeSerializer(rows, many=True).data, "next": after})

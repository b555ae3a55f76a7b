"""Submissions and the change feed over REST."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.dateparse import parse_datetime
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
from submissions.models import Submission, SubmissionState
from submissions.selectors import visible_to

PAGE, MOST = 100, 500


def caller(request: Request) -> Principal:
    """Who calls; the permission class has let it in."""
    principal = principal_of(request)
    if principal is None:
        raise exceptions.NotAuthenticated
    return principal


def limit_of(request: Request) -> int:
    """`limit` between 1 and the most, 100 when not given."""
    text = request.query_params.get("limit", str(PAGE))
    if not text.isdigit() or not 1 <= int(text) <= MOST:
        raise exceptions.ValidationError({"limit": [_("A number from 1 to 500.")]})
    return int(text)


def _filtered(request: Request) -> QuerySet[Submission]:
    rows = visible_to(caller(request)).exclude(state=SubmissionState.DRAFT)
    given = request.query_params
    if state := given.get("state"):
        rows = rows.filter(state=state)
    if kind := given.get("kind"):
        rows = rows.filter(kind=kind)
    for name, lookup in (("submitted_from", "submitted_at__gte"), ("submitted_to", "submitted_at__lt")):
        if text := given.get(name):
            moment = parse_datetime(text)
            if moment is None:
                raise exceptions.ValidationError({name: [_("A time, e.g. 2026-11-23T08:00:00+08:00.")]})
            rows = rows.filter(**{lookup: moment})
    if after := given.get("after"):
        try:
            rows = rows.filter(pk__lt=UUID(after))
        except ValueError:
            raise exceptions.ValidationError({"after": [_("Not a cursor of this list.")]}) from None
    return rows


class SubmissionListView(APIView):
    """Submissions the caller may read, newest first."""

    required_scopes = {"GET": Scope.SUBMISSIONS_READ}

    @extend_schema(
        operation_id="submissions_list",
        parameters=[
            OpenApiParameter("state", enum=[s.value for s in SubmissionState if s != SubmissionState.DRAFT]),
            OpenApiParameter("kind", description="Service code, e.g. import-declaration."),
            OpenApiParameter("submitted_from", description="ISO 8601, inclusive."),
            OpenApiParameter("submitted_to", description="ISO 8601, exclusive."),
            OpenApiParameter("after", description="The `next` of the page before."),
            OpenApiParameter("limit", type=int, description="1 to 500, 100 when not given."),
        ],
        responses={200: shapes.SubmissionPageSerializer, 400: shapes.ProblemDocumentSerializer},
    )
    def get(self, request: Request) -> Response:
        """A page."""
        limit = limit_of(request)
        rows = _filtered(request).order_by("-pk").select_related("company")
        page = list(rows.prefetch_related("referrals__agency")[: limit + 1])
        more = len(page) > limit
        return Response(
            {
                "results": shapes.SubmissionSerializer(page[:limit], many=True).data,
                "next": str(page[limit - 1].pk) if more else None,
            }
        )


class SubmissionView(APIView):
    """One submission by its reference number."""

    required_scopes = {"GET": Scope.SUBMISSIONS_READ}

    @extend_schema(
        operation_id="submissions_read",
        responses={200: shapes.SubmissionSerializer, 404: shapes.ProblemDocumentSerializer},
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
        responses={200: shapes.ChangePageSerializer, 400: shapes.ProblemDocumentSerializer},
    )
    def get(self, request: Request) -> Response:
        """A page; the same cursor gives the same rows again (replay)."""
        principal = caller(request)
        scope: dict[str, Any] = (
            {"agency": principal.agency.code}
            if principal.agency
            else {"companies": [principal.company.pk] if principal.company else []}
        )
        try:
            rows, after = feed.read(request.query_params.get("after"), limit_of(request), **scope)
        except feed.BadCursor:
            raise exceptions.ValidationError({"after": [_("Not a cursor of this feed.")]}) from None
        return Response({"results": shapes.ChangeSerializer(rows, many=True).data, "next": after})

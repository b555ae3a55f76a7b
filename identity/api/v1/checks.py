"""`POST /api/v1/identity-checks` and batches of up to 10,000: buyers checked by the company that sells to them.

The answer comes at once when the library knows it; otherwise the check waits for the police, and is asked for again.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import Company
from accounts.permissions import Scope
from identity import batches, services
from identity.api.v1 import shapes
from identity.library import Pair
from identity.models import Batch
from reference.problem_documents import refused as refusal
from reference.problems import Refused
from submissions.api.bodies import check_body
from submissions.api.idempotency import idempotent
from submissions.api.v1.queries import Asked
from submissions.api.v1.shapes import problems
from submissions.api.v1.views import caller

MOST_BYTES = 64 * 1024
MOST_BATCH_BYTES = 4 * 1024 * 1024
SCOPES = {"GET": Scope.IDENTITIES_CHECK, "POST": Scope.IDENTITIES_CHECK}


def _company(request: Request) -> Company:
    """The company that asks; buyers are not checked for anybody else."""
    company = caller(request).company
    if company is None:
        raise exceptions.PermissionDenied
    return company


def _read(serializer: type[Any], request: Request, most: int) -> dict[str, Any]:
    check_body(request, most)
    body = serializer(data=request.data)
    body.is_valid(raise_exception=True)
    return dict(body.validated_data)


class CheckView(APIView):
    """One buyer."""

    required_scopes = {"POST": Scope.IDENTITIES_CHECK}

    @extend_schema(
        operation_id="identity_checks_create",
        request=shapes.CheckInSerializer,
        responses={200: shapes.CheckSerializer, **problems(400, 413, 422)},
    )
    def post(self, request: Request) -> Response:
        """200 with the outcome, `unavailable` while the police have not answered; 422 for faults of form."""
        company = _company(request)
        given = _read(shapes.CheckInSerializer, request, MOST_BYTES)
        try:
            result = services.check(
                given["name"],
                given["number"],
                by=caller(request).actor_for(company),
                ground=given["ground"],
                reason=given["reason"],
            )
        except Refused as refused:
            return refusal(refused.problems)
        return Response(shapes.CheckSerializer(result).data)


class BatchListView(APIView):
    """Batches of the company."""

    required_scopes = SCOPES

    @extend_schema(
        operation_id="identity_batches_create",
        parameters=[OpenApiParameter("Idempotency-Key", location="header")],
        request=shapes.BatchInSerializer,
        responses={202: shapes.ProgressSerializer, **problems(400, 409, 413, 422)},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """202: every pair is queued. Nothing is lost when the caller or the portal stops: it goes on by itself."""
        company = _company(request)
        given = _read(shapes.BatchInSerializer, request, MOST_BATCH_BYTES)
        pairs = [Pair.of(one["name"], one["number"]) for one in given["pairs"]]
        by = caller(request).actor_for(company)
        try:
            made = services.start_batch(
                pairs, company=company, by=by, reason=given["reason"], ground=given["ground"]
            )
        except Refused as refused:
            return refusal(refused.problems)
        made.refresh_from_db()
        return Response(shapes.ProgressSerializer(batches.progress_of([made])[0]).data, status=202)

    @extend_schema(
        operation_id="identity_batches_list",
        responses={200: shapes.BatchesSerializer, **problems()},
    )
    def get(self, request: Request) -> Response:
        """The newest batches and how far each has come."""
        found = batches.progress_of(batches.batches_of(_company(request)))
        return Response(shapes.BatchesSerializer({"results": found}).data)


class BatchView(APIView):
    """One batch."""

    required_scopes = {"GET": Scope.IDENTITIES_CHECK}

    @extend_schema(
        operation_id="identity_batches_read",
        parameters=[
            OpenApiParameter("after", int, description="The `next` of the page before; 0 for the first."),
            OpenApiParameter("limit", int, description="1 to 500."),
        ],
        responses={200: shapes.BatchSerializer, **problems(400, 404)},
    )
    def get(self, request: Request, batch_id: UUID) -> Response:
        """Progress, and the results of a page, by the places of the pairs as they were handed in."""
        batch = get_object_or_404(Batch, pk=batch_id, company=_company(request))
        asked = Asked(request)
        after, limit = _place(asked), asked.limit()
        asked.checked()
        items = batches.items_of(batch, after, limit)
        told = {
            **shapes.ProgressSerializer(batches.progress_of([batch])[0]).data,
            "results": shapes.BatchItemSerializer(batches.results_of(items[:limit]), many=True).data,
            "next": items[limit - 1].index if len(items) > limit else None,
        }
        return Response(told)


def _place(asked: Asked) -> int:
    text = asked.text("after")
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(services.BATCH_MOST))):
        asked.wrong("after", _("Not a cursor of this list."))
        return 0
    return int(text)

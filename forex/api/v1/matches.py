"""`/api/v1/forex/matches`: which payment pays which statement, and undoing that."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import Scope
from forex import matching
from forex.models import Match
from forex.selectors import payments_visible_to
from reference.problem_documents import refused
from reference.problems import Refused
from submissions.api.idempotency import idempotent
from submissions.api.v1.shapes import problems
from submissions.api.v1.views import caller


class MatchRequestSerializer(serializers.Serializer):
    """`amount` left out: as much as both have left."""

    declaration_no = serializers.CharField(max_length=22)
    statement = serializers.UUIDField()
    amount = serializers.DecimalField(18, 2, required=False)


class MatchSerializer(serializers.Serializer):
    """`fees`: the statement's share of fees that goes with the amount."""

    id = serializers.UUIDField()
    declaration_no = serializers.CharField(source="payment.declaration_no")
    statement = serializers.UUIDField(source="statement_id")
    amount = serializers.DecimalField(18, 2)
    fees = serializers.DecimalField(18, 2)
    made_at = serializers.DateTimeField()
    undone_at = serializers.DateTimeField(allow_null=True)
    undone_because = serializers.CharField()


class MatchesView(APIView):
    """Match a payment with a statement."""

    required_scopes = {"POST": Scope.FOREX_WRITE}

    @extend_schema(
        operation_id="forex_matches_make",
        parameters=[OpenApiParameter("Idempotency-Key", location="header")],
        request=MatchRequestSerializer,
        responses={201: MatchSerializer, **problems(400, 404, 409, 422)},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """201; 422 with every reason, above all when it would be more than one of the two has left."""
        who, given = caller(request), MatchRequestSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        if who.company is None:
            raise exceptions.NotFound
        payment = get_object_or_404(payments_visible_to(who), declaration_no=values["declaration_no"])
        by, amount = who.actor_for(payment.company), values.get("amount")
        try:
            made = matching.match(
                payment.pk, values["statement"], company_id=payment.company_id, by=by, amount=amount
            )
        except ObjectDoesNotExist:
            raise exceptions.NotFound from None
        except Refused as stopped:
            return refused(stopped.problems)
        made.refresh_from_db()
        return Response(MatchSerializer(made).data, status=201)


class UndoSerializer(serializers.Serializer):
    """Why."""

    why = serializers.CharField(max_length=300)


class MatchUndoView(APIView):
    """Undo a match, as long as no declaration in force rests on it."""

    required_scopes = {"POST": Scope.FOREX_WRITE}

    @extend_schema(
        operation_id="forex_matches_undo",
        request=UndoSerializer,
        responses={200: MatchSerializer, **problems(400, 404, 422)},
    )
    def post(self, request: Request, match_id: UUID) -> Response:
        """With its reason; 422 when it was undone already or is declared."""
        who = caller(request)
        if who.company is None:
            raise exceptions.NotFound
        rows = Match.objects.filter(payment__in=payments_visible_to(who)).select_related("payment__company")
        row = get_object_or_404(rows, pk=match_id)
        given = UndoSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        company, why = row.payment.company, given.validated_data["why"]
        try:
            matching.unmatch(row.pk, company_id=company.pk, by=who.actor_for(company), why=why)
        except Refused as stopped:
            return refused(stopped.problems)
        row.refresh_from_db()
        return Response(MatchSerializer(row).data)

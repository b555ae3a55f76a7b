"""What banks ask about declarations, within the companies' consents."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import Agency
from accounts.permissions import Scope
from forex import consents, document_uses
from forex.consents import Question
from forex.models import DocumentKind, DocumentUse, Purpose
from reference.problem_documents import problem_response
from reference.problems import Refused
from submissions.api.v1.queries import PAGING, Asked, paged
from submissions.api.v1.shapes import problems
from submissions.api.v1.views import caller


class QuestionSerializer(serializers.Serializer):
    """One document and what it is asked for."""

    kind = serializers.ChoiceField(DocumentKind.choices)
    number = serializers.CharField(max_length=60)
    purpose = serializers.ChoiceField(Purpose.choices)
    payment_no = serializers.CharField(
        max_length=22,
        required=False,
        help_text="Declaration number of the payment in hand: it does not count as another one.",
    )


class AnswerSerializer(serializers.Serializer):
    """All that is told. Without a consent of the company the answer is that of no such document."""

    exists = serializers.BooleanField()
    closed = serializers.BooleanField(help_text="Closed by customs, or accepted and with SAFE.")
    backs_other = serializers.BooleanField(help_text="It backs a financing already.")
    backs_payment = serializers.BooleanField(help_text="Its order is matched with another inward payment.")


class UseSerializer(serializers.Serializer):
    """A document that is to back a financing."""

    kind = serializers.ChoiceField(DocumentKind.choices)
    number = serializers.CharField(max_length=60)
    reference = serializers.CharField(max_length=60, help_text="The bank's own number of the financing.")


class UsedSerializer(serializers.Serializer):
    """Recorded. `released_at` null: it still backs the financing."""

    id = serializers.UUIDField()
    kind = serializers.CharField()
    number = serializers.CharField()
    reference = serializers.CharField(source="bank_reference")
    used_at = serializers.DateTimeField()
    released_at = serializers.DateTimeField(allow_null=True)


class UsedPageSerializer(serializers.Serializer):
    """A page; `next` is the cursor of the page after it, null on the last."""

    results = UsedSerializer(many=True)
    next = serializers.CharField(allow_null=True)


def _bank(request: Request) -> Agency:
    agency = caller(request).agency
    if agency is None:
        raise serializers.ValidationError({"": [_("Only a bank asks here.")]})
    return agency


def _question(given: dict[str, Any], purpose: str) -> Question:
    kind, number = DocumentKind(given["kind"]), given["number"]
    return Question(kind, number, Purpose(purpose), given.get("payment_no", ""))


class DeclarationQueriesView(APIView):
    """Whether a document exists, is closed, and has backed something."""

    required_scopes = {"POST": Scope.DECLARATIONS_QUERY}

    @extend_schema(
        operation_id="forex_declaration_queries",
        request=QuestionSerializer,
        responses={200: AnswerSerializer, **problems(400)},
    )
    def post(self, request: Request) -> Response:
        """Every question about a company's document stands in that company's log."""
        bank, asked = _bank(request), QuestionSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        question = _question(asked.validated_data, asked.validated_data["purpose"])
        answer = consents.ask(bank, question, by=caller(request).actor)
        return Response(AnswerSerializer(answer).data)


class DocumentUsesView(APIView):
    """Record what a document backs: one financing at a time, whichever bank asks."""

    required_scopes = {"GET": Scope.DECLARATIONS_QUERY, "POST": Scope.DECLARATIONS_QUERY}

    @extend_schema(
        operation_id="forex_document_uses_list",
        parameters=[
            *PAGING,
        ],
        responses={200: UsedPageSerializer, **problems(400)},
    )
    def get(self, request: Request) -> Response:
        """The bank's own, newest first, given free or not."""
        asked = Asked(request)
        limit, after = asked.limit(), asked.cursor()
        asked.checked()
        rows = DocumentUse.objects.filter(bank=caller(request).agency)
        return paged(rows, UsedSerializer, after=after, limit=limit)

    @extend_schema(
        operation_id="forex_document_uses",
        request=UseSerializer,
        responses={201: UsedSerializer, **problems(400, 404, 409)},
    )
    def post(self, request: Request) -> Response:
        """201; 409 when it backs a financing already; 404 without document or consent."""
        bank, given = _bank(request), UseSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        question = _question(given.validated_data, Purpose.FINANCING)
        reference, by = given.validated_data["reference"], caller(request).actor
        try:
            row = document_uses.use(bank, question, reference, by=by)
        except Refused as refused:
            return problem_response(status_code=409, code="document_used", title=refused.problems[0].text)
        if row is None:
            return problem_response(status_code=404, code="not_found", title=_("There is no such document."))
        row.refresh_from_db()
        return Response(UsedSerializer(row).data, status=201)


class DocumentReleaseView(APIView):
    """A document is free again."""

    required_scopes = {"POST": Scope.DECLARATIONS_QUERY}

    @extend_schema(
        operation_id="forex_document_uses_release",
        request=None,
        responses={200: UsedSerializer, **problems(404, 409)},
    )
    def post(self, request: Request, use_id: UUID) -> Response:
        """By the bank whose financing it backs, also after the consent ended; 409 when it is free already."""
        agency = caller(request).agency
        if agency is None:
            raise exceptions.NotFound
        try:
            row = document_uses.release(agency, use_id, by=caller(request).actor)
        except DocumentUse.DoesNotExist:
            raise exceptions.NotFound from None
        except Refused as refused:
            return problem_response(status_code=409, code="document_free", title=refused.problems[0].text)
        return Response(UsedSerializer(row).data)

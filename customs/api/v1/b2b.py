"""B2B export declarations over REST: hand one in, find them, read one with its reasons."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import Scope
from customs.b2b.definition import DEFINITION
from customs.b2b.judging import judged
from customs.b2b.preview import reason_rows
from customs.b2b.records import as_stored
from customs.b2b.rules import MODES
from customs.b2b.selectors import Asked as Narrowing
from customs.b2b.selectors import narrowed, visible_to
from customs.b2b.ways import DECLARATION, LIST
from customs.models import B2BDeclaration
from customs.models.b2b import B2BState
from reference.problem_documents import refused as refusal
from reference.problems import Refused
from submissions.api.bodies import LimitedBody
from submissions.api.idempotency import idempotent
from submissions.api.v1.queries import PAGING, Asked, paged
from submissions.api.v1.services import MAX_BYTES, FilledFormSerializer, applicant, receive
from submissions.api.v1.shapes import ProblemSerializer, problems
from submissions.api.v1.views import caller
from submissions.definitions.reading import read


class B2BLineSerializer(serializers.Serializer):
    """A line; name and HS code as filed on the day of declaration."""

    line = serializers.IntegerField(source="gnum")
    item_no = serializers.CharField()
    goods_name = serializers.CharField()
    hs = serializers.CharField(source="hs10")
    unit = serializers.CharField()
    quantity = serializers.DecimalField(19, 5)
    unit_price = serializers.DecimalField(19, 5)
    amount = serializers.DecimalField(17, 2)


class ReasonSerializer(serializers.Serializer):
    """A condition of a mode. `standing`: firm, contested or unverified."""

    mode = serializers.CharField()
    met = serializers.BooleanField()
    text = serializers.CharField()
    basis = serializers.CharField(source="source")
    standing = serializers.CharField()
    note = serializers.CharField()


class B2BDeclarationSerializer(serializers.Serializer):
    """A declaration as last declared. Amounts are decimal strings; null: not known, or not yet."""

    reference = serializers.CharField(source="submission.reference")
    state = serializers.CharField()
    state_text = serializers.CharField(source="get_state_display")
    version = serializers.IntegerField()
    exporter = serializers.CharField(source="company.uscc")
    declarant = serializers.CharField(source="declarant.uscc")
    trade_mode = serializers.CharField()
    order_no = serializers.CharField()
    booking_no = serializers.CharField()
    logistics_no = serializers.CharField()
    country = serializers.CharField()
    customs_office = serializers.CharField()
    currency = serializers.CharField()
    amount = serializers.DecimalField(17, 2)
    rate = serializers.DecimalField(12, 6, allow_null=True)
    cny = serializers.DecimalField(17, 2, allow_null=True)
    verdict = serializers.CharField()
    fitting_mode = serializers.CharField()
    documents = serializers.CharField()
    overridden_as = serializers.CharField()
    declaration_no = serializers.CharField()
    declared_on = serializers.DateField()
    released_on = serializers.DateField(allow_null=True)
    export_date = serializers.DateField(allow_null=True)
    lines = B2BLineSerializer(many=True)


class B2BWithReasonsSerializer(B2BDeclarationSerializer):
    """One declaration with every condition, in the caller's language."""

    reasons = serializers.SerializerMethodField()

    @extend_schema_field(ReasonSerializer(many=True))
    def get_reasons(self, row: B2BDeclaration) -> list[dict[str, Any]]:
        """The conditions, the unmet first."""
        return list(ReasonSerializer(reason_rows(row.reasons), many=True).data)


class B2BPageSerializer(serializers.Serializer):
    """A page; `next` is the cursor of the page after it, null on the last."""

    results = B2BDeclarationSerializer(many=True)
    next = serializers.CharField(allow_null=True)


class B2BDeclarationsView(LimitedBody):
    """Declarations of the caller's company, and of those it holds a mandate of."""

    required_scopes = {"GET": Scope.EXPORTS_READ, "POST": Scope.SUBMISSIONS_WRITE}
    most_bytes = MAX_BYTES

    @extend_schema(
        operation_id="b2b_declarations_list",
        parameters=[
            OpenApiParameter("state", enum=B2BState.values),
            OpenApiParameter("mode", enum=MODES),
            OpenApiParameter(
                "number", description="Declaration, reference, order, booking or transport document."
            ),
            OpenApiParameter("since", description="Day of declaration, inclusive."),
            OpenApiParameter("until", description="Day of declaration, inclusive."),
            *PAGING,
        ],
        responses={200: B2BPageSerializer, **problems(400)},
    )
    def get(self, request: Request) -> Response:
        """A page, newest first."""
        asked = Asked(request)
        limit, after = asked.limit(), asked.cursor()
        narrowing = Narrowing(
            state=asked.one_of("state", B2BState.values),
            mode=asked.one_of("mode", MODES),
            text=asked.text("number"),
            since=asked.day("since"),
            until=asked.day("until"),
        )
        asked.checked()
        rows = narrowed(visible_to(caller(request)), narrowing).prefetch_related("lines")
        return paged(rows, B2BDeclarationSerializer, after=after, limit=limit)

    @extend_schema(
        operation_id="b2b_declarations_submit",
        parameters=[OpenApiParameter("Idempotency-Key", location="header")],
        request=FilledFormSerializer,
        responses={201: B2BWithReasonsSerializer, **problems(400, 404, 409, 413, 422)},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """201 with the number and what the rules say; 422 with everything that is wrong, as in the browser."""
        try:
            submission = receive(DEFINITION, request.data, caller(request))
        except Refused as refused:
            return refusal(refused.problems)
        row = B2BDeclaration.objects.select_related("submission", "company", "declarant").get(
            submission=submission
        )
        return Response(B2BWithReasonsSerializer(row).data, status=201)


class B2BCheckSerializer(serializers.Serializer):
    """What the rules say of a form. `problems`: levels error (in the way) and warning; `ways`: h2018, list."""

    verdict = serializers.CharField()
    fitting_mode = serializers.CharField()
    documents = serializers.CharField()
    reasons = ReasonSerializer(many=True)
    ways = serializers.ListField(child=serializers.CharField())
    against_list = ProblemSerializer(many=True)
    amount = serializers.DecimalField(17, 2)
    cny = serializers.DecimalField(17, 2, allow_null=True)
    problems = ProblemSerializer(many=True)


class B2BChecksView(LimitedBody):
    """Trying a declaration: the same rules as at handing in, and nothing is kept."""

    required_scopes = {"POST": Scope.SUBMISSIONS_WRITE}
    most_bytes = MAX_BYTES

    @extend_schema(
        operation_id="b2b_declarations_check",
        request=FilledFormSerializer,
        responses={200: B2BCheckSerializer, **problems(400, 404, 413)},
    )
    def post(self, request: Request) -> Response:
        """200 also when everything is wrong: that is the answer."""
        body = FilledFormSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        company = applicant(DEFINITION, caller(request), body.validated_data.get("applicant", ""))
        whole = read(DEFINITION.of(company), body.validated_data["form"])
        found = judged(company, whole.values)
        told = {
            "verdict": found.classification.verdict,
            "fitting_mode": found.classification.fitting,
            "documents": found.classification.documents,
            "reasons": reason_rows(as_stored(one) for one in found.classification.reasons),
            "ways": [DECLARATION] if found.against_list else [DECLARATION, LIST],
            "against_list": [one.as_dict() for one in found.against_list],
            "amount": found.total.amount,
            "cny": found.total.cny,
            "problems": [one.as_dict() for one in whole.problems],
        }
        return Response(B2BCheckSerializer(told).data)


class B2BDeclarationView(APIView):
    """One declaration."""

    required_scopes = {"GET": Scope.EXPORTS_READ}

    @extend_schema(
        operation_id="b2b_declarations_read",
        responses={200: B2BWithReasonsSerializer, **problems(404)},
    )
    def get(self, request: Request, reference: str) -> Response:
        """404 also for what belongs to others."""
        rows = visible_to(caller(request))
        return Response(
            B2BWithReasonsSerializer(get_object_or_404(rows, submission__reference=reference)).data
        )

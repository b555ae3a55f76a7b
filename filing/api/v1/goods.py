"""`/api/v1/goods`: file a batch of goods as JSON lines; read the goods on file."""

from __future__ import annotations

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Scope
from filing.goods import reader, services
from filing.goods.findings import Finding
from filing.models import GoodsFiling
from filing.selectors import GoodsFilter, current_goods, goods_visible_to
from submissions.api.bodies import LimitedBody, RawParser
from submissions.api.idempotency import idempotent
from submissions.api.v1.queries import PAGING, Asked, paged
from submissions.api.v1.shapes import problems
from submissions.api.v1.views import caller


class LinesParser(RawParser):
    """JSON lines: one good a line."""

    media_type = reader.JSON_LINES


class GoodSerializer(serializers.ModelSerializer):
    """One good in the version that holds. Factors: statutory units in one unit sold, as decimal strings."""

    company = serializers.CharField(source="company.uscc")
    reference = serializers.CharField(source="submission.reference")

    class Meta:
        model = GoodsFiling
        fields = (
            "id", "company", "item_no", "version", "valid_from", "hs10", "name_zh", "name_en", "specification",
            "unit", "unit1", "factor1", "unit2", "factor2", "origin", "brand", "price", "currency",
            "trade_modes", "refund_note", "reference",
        )  # fmt: skip


class GoodPageSerializer(serializers.Serializer):
    """A page of goods; `next` is the cursor of the page after it, null on the last."""

    results = GoodSerializer(many=True)
    next = serializers.CharField(allow_null=True)


class GoodsFindingSerializer(serializers.Serializer):
    """What is wrong in one line (1 = the first), and how it is mended."""

    line = serializers.IntegerField(source="row")
    field = serializers.CharField()
    value = serializers.CharField()
    level = serializers.CharField(source="problem.level")
    code = serializers.CharField(source="problem.code")
    text = serializers.CharField()
    fix = serializers.CharField(source="remedy")


class GoodsReceivedSerializer(serializers.Serializer):
    """What came of the batch: lines in order are on file, the others are listed with everything wrong."""

    reference = serializers.CharField()
    state = serializers.CharField()
    rows = serializers.IntegerField()
    filed = serializers.IntegerField()
    amended = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    faulty = serializers.IntegerField()
    problems = GoodsFindingSerializer(many=True)


class GoodsView(LimitedBody):
    """Goods of the caller's company; for offices that compare goods, of all."""

    required_scopes = {"GET": Scope.FILINGS_READ, "POST": Scope.GOODS_WRITE}
    parser_classes = (LinesParser,)
    most_bytes = reader.MAX_BYTES

    @extend_schema(
        operation_id="goods_list",
        parameters=[
            OpenApiParameter("text", description="Part of item number, name or brand."),
            OpenApiParameter("hs", description="What the HS code begins with."),
            OpenApiParameter("mode", description="Supervision mode, e.g. 9610."),
            OpenApiParameter("company", description="For offices: code or name of the company."),
            OpenApiParameter("on", description="Day on which the version holds, today when not given."),
            *PAGING,
        ],
        responses={200: GoodPageSerializer, **problems(400)},
    )
    def get(self, request: Request) -> Response:
        """A page, newest first."""
        asked = Asked(request)
        limit, after, on = asked.limit(), asked.cursor(), asked.day("on")
        wanted = GoodsFilter(**{name: asked.text(name) for name in ("text", "hs", "mode", "company")})
        asked.checked()
        rows = current_goods(goods_visible_to(caller(request)), wanted, on or timezone.localdate())
        return paged(rows.select_related("company", "submission"), GoodSerializer, after=after, limit=limit)

    @extend_schema(
        operation_id="goods_create",
        parameters=[OpenApiParameter("Idempotency-Key", location="header")],
        request={reader.JSON_LINES: OpenApiTypes.STR},
        responses={201: GoodsReceivedSerializer, **problems(400, 409, 413, 415, 422)},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """201 with what came of every line; 422 when the batch cannot be read at all: then it has no number."""
        principal = caller(request)
        if principal.company is None:
            raise exceptions.PermissionDenied
        reader.read(request.body, reader.JSON_LINES)
        submission = services.file_at_once(
            request.body,
            name="goods.jsonl",
            principal=principal,
            company=principal.company,
            channel="api",
            content_type=reader.JSON_LINES,
        )
        batch = submission.goods_batch
        body = {
            "reference": submission.reference,
            "state": submission.state,
            "rows": batch.row_count,
            "filed": batch.filed_count,
            "amended": batch.amended_count,
            "unchanged": batch.unchanged_count,
            "faulty": batch.faulty_count,
            "problems": [Finding.from_stored(row) for row in batch.findings],
        }
        return Response(GoodsReceivedSerializer(body).data, status=201)

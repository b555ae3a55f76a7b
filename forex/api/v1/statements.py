"""`/api/v1/forex/payout-statements`: handed in as JSON or CSV, read by whose they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Company
from accounts.permissions import Scope
from accounts.principals import Principal
from forex import sheets, statements
from forex.models import StatementState
from forex.selectors import clients_of, statements_of
from forex.statement_rules import Head, Row, Statement, read
from reference.problem_documents import refused
from reference.problems import Refused
from submissions.api.bodies import LimitedBody, RawParser
from submissions.api.idempotency import idempotent
from submissions.api.json_body import JsonParser
from submissions.api.v1.queries import PAGING, Asked, paged
from submissions.api.v1.shapes import problems
from submissions.api.v1.views import caller

CSV = "text/csv"
HEAD = ("platform", "number", "period_from", "period_to", "currency", "net", "account_holder")


class CsvParser(RawParser):
    """The lines as CSV; what stands above them is given in the address."""

    media_type = CSV


class StatementLineSerializer(serializers.Serializer):
    """One order; amounts are decimal strings, what is left out is 0."""

    order_no = serializers.CharField(max_length=60)
    goods = serializers.CharField(default="0")
    freight = serializers.CharField(default="0")
    commission = serializers.CharField(default="0")
    other_fees = serializers.CharField(default="0")
    refunds = serializers.CharField(default="0")


class StatementHeadSerializer(serializers.Serializer):
    """What stands above the lines. `net` is compared with their sum; `account_holder`: a USCC one acts for."""

    platform = serializers.CharField(max_length=100)
    number = serializers.CharField(max_length=60)
    period_from = serializers.DateField()
    period_to = serializers.DateField()
    currency = serializers.CharField(max_length=3)
    net = serializers.DecimalField(18, 2, required=False)
    account_holder = serializers.CharField(max_length=18, required=False)


class HandedStatementSerializer(StatementHeadSerializer):
    """A whole payout statement."""

    lines = StatementLineSerializer(many=True)


class PayoutStatementSerializer(serializers.Serializer):
    """A statement as kept: its sums are those of its lines."""

    id = serializers.UUIDField()
    account_holder = serializers.CharField(source="company.uscc")
    platform = serializers.CharField()
    number = serializers.CharField()
    period_from = serializers.DateField()
    period_to = serializers.DateField()
    currency = serializers.CharField()
    goods = serializers.DecimalField(18, 2)
    freight = serializers.DecimalField(18, 2)
    commission = serializers.DecimalField(18, 2)
    other_fees = serializers.DecimalField(18, 2)
    refunds = serializers.DecimalField(18, 2)
    net = serializers.DecimalField(18, 2)
    paid = serializers.DecimalField(18, 2)
    state = serializers.CharField()


class PayoutStatementPageSerializer(serializers.Serializer):
    """A page; `next` is the cursor of the page after it, null on the last."""

    results = PayoutStatementSerializer(many=True)
    next = serializers.CharField(allow_null=True)


class PayoutStatementsView(LimitedBody):
    """Statements are handed in by the company, or by who holds its mandate."""

    required_scopes = {"GET": Scope.PAYMENTS_READ, "POST": Scope.FOREX_WRITE}
    parser_classes = (JsonParser, CsvParser)
    most_bytes = sheets.MAX_BYTES

    @extend_schema(
        operation_id="forex_payout_statements_list",
        parameters=[
            OpenApiParameter("state", enum=StatementState.values),
            *PAGING,
        ],
        responses={200: PayoutStatementPageSerializer, **problems(400)},
    )
    def get(self, request: Request) -> Response:
        """A page, newest first."""
        asked = Asked(request)
        limit, after = asked.limit(), asked.cursor()
        state = asked.one_of("state", StatementState.values)
        asked.checked()
        rows = statements_of(caller(request))
        rows = rows.filter(state=state) if state else rows
        return paged(rows, PayoutStatementSerializer, after=after, limit=limit)

    @extend_schema(
        operation_id="forex_payout_statements_hand_in",
        parameters=[
            OpenApiParameter("Idempotency-Key", location="header"),
            *(OpenApiParameter(name, description="With a body of text/csv.") for name in HEAD),
        ],
        request={"application/json": HandedStatementSerializer, CSV: OpenApiTypes.STR},
        responses={
            201: PayoutStatementSerializer,
            200: PayoutStatementSerializer,
            **problems(400, 404, 409, 413, 422),
        },
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """201; 200 when this very statement is here already; 422 with every fault of every row."""
        who = caller(request)
        try:
            head, rows = _csv(request) if _is_csv(request) else _json(request)
            company = _holder(who, head)
            statement = _statement(head, rows)
            kept = statements.hand_in(company, statement, by=who.actor_for(company))
        except Refused as stopped:
            return refused(stopped.problems)
        body = PayoutStatementSerializer(kept.statement).data
        return Response(body, status=201 if kept.created else 200)


def _is_csv(request: Request) -> bool:
    return (request.content_type or "").partition(";")[0].strip().lower() == CSV


def _csv(request: Request) -> tuple[Mapping[str, Any], list[Row]]:
    """What stands above the lines is read from the address, its faults told like those of a body."""
    given = StatementHeadSerializer(
        data={key: request.query_params[key] for key in HEAD if key in request.query_params}
    )
    given.is_valid(raise_exception=True)
    return given.validated_data, sheets.rows("statement.csv", request._request.body)


def _json(request: Request) -> tuple[Mapping[str, Any], list[Row]]:
    given = HandedStatementSerializer(data=request.data)
    given.is_valid(raise_exception=True)
    lines = given.validated_data["lines"]
    return given.validated_data, [Row(f"lines/{at}", line) for at, line in enumerate(lines)]


def _holder(who: Principal, head: Mapping[str, Any]) -> Company:
    """Oneself, or a company whose mandate one holds; 404 for any other, existing or not."""
    asked = head.get("account_holder") or (who.company.uscc if who.company else "")
    found = next((one for one in clients_of(who) if one.uscc == asked), None)
    if found is None:
        raise exceptions.NotFound
    return found


def _statement(head: Mapping[str, Any], rows: list[Row]) -> Statement:
    names = ("platform", "number", "period_from", "period_to", "currency")
    above = Head(**{name: head[name] for name in names}, net=head.get("net"))
    found, wrong = read(above, rows)
    if found is None:
        raise Refused(wrong)
    return found

"""`/api/v1/forex/indicators`: the figures of a period with the rows behind them."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import Scope
from forex.indicator_rows import report
from submissions.api.v1.queries import Asked
from submissions.api.v1.shapes import problems
from submissions.api.v1.views import caller

YEAR = timedelta(days=364)


class SumsSerializer(serializers.Serializer):
    """In USD. Imports and outward payments are not reported to the portal and stand at 0."""

    exports = serializers.DecimalField(18, 2)
    imports = serializers.DecimalField(18, 2)
    inward = serializers.DecimalField(18, 2)
    outward = serializers.DecimalField(18, 2)


class FiguresSerializer(serializers.Serializer):
    """The four indicators; null where there is nothing to divide by. `outside`: names beyond their band."""

    sums = SumsSerializer()
    difference = serializers.DecimalField(18, 2)
    difference_ratio = serializers.DecimalField(12, 4, allow_null=True)
    money_to_goods = serializers.DecimalField(12, 4, allow_null=True)
    credit_ratio = serializers.DecimalField(12, 4, allow_null=True)
    outside = serializers.ListField(child=serializers.CharField())


class FigureRowSerializer(serializers.Serializer):
    """One row behind a figure. `usd` null: no rate, not counted; `undeclared` rows are counted nowhere."""

    figure = serializers.ChoiceField(["exports", "inward", "undeclared"])
    number = serializers.CharField()
    day = serializers.DateField()
    currency = serializers.CharField()
    amount = serializers.DecimalField(18, 2)
    usd = serializers.DecimalField(18, 2, allow_null=True)
    gross_usd = serializers.DecimalField(18, 2, allow_null=True)


class BandsSerializer(serializers.Serializer):
    """Where a figure begins to be asked about; from public templates, unverified."""

    difference_ratio = serializers.DecimalField(12, 4)
    money_to_goods = serializers.DecimalField(12, 4)
    credit_ratio = serializers.DecimalField(12, 4)


class IndicatorsSerializer(serializers.Serializer):
    """Both ways of counting: as received, and grossed up."""

    since = serializers.DateField()
    until = serializers.DateField()
    as_received = FiguresSerializer()
    grossed_up = FiguresSerializer()
    bands = BandsSerializer()
    rows = FigureRowSerializer(many=True)


class IndicatorsView(APIView):
    """The company's own indicators."""

    required_scopes = {"GET": Scope.PAYMENTS_READ}

    @extend_schema(
        operation_id="forex_indicators_read",
        parameters=[
            OpenApiParameter("since", description="First day; a year before `until` when not given."),
            OpenApiParameter("until", description="Last day, today when not given."),
        ],
        responses={200: IndicatorsSerializer, **problems(400)},
    )
    def get(self, request: Request) -> Response:
        """The last twelve months when no period is named; 400 for who is no company."""
        asked, company = Asked(request), caller(request).company
        until = asked.day("until") or timezone.localdate()
        since = asked.day("since") or until - YEAR
        if since > until:
            asked.wrong("since", _("The period ends before it begins."))
        asked.checked()
        if company is None:
            raise exceptions.ValidationError({"": [_("Only a company has indicators here.")]})
        found = report(company, since, until)
        plain = _figures(found.plain, found.plain_sums, found.outside_plain)
        gross = _figures(found.gross, found.gross_sums, found.outside_gross)
        body = {
            "since": since,
            "until": until,
            "as_received": plain,
            "grossed_up": gross,
            "bands": found.bands,
            "rows": found.rows,
        }
        return Response(IndicatorsSerializer(body).data)


def _figures(found: object, sums: object, outside: frozenset[str]) -> dict[str, object]:
    names = ("difference", "difference_ratio", "money_to_goods", "credit_ratio")
    return {"sums": sums, "outside": sorted(outside), **{name: getattr(found, name) for name in names}}

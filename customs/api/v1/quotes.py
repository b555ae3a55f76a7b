"""`POST /api/v1/customs/import-tax/quotes`: what an import would be taxed, without login or trace."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_noop
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import permissions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from customs.api.v1.quote_shapes import EXAMPLE_IN, EXAMPLE_OUT, QuoteInSerializer, QuoteOutSerializer
from customs.import_tax.rates import rates_of
from customs.import_tax.rules import assess
from customs.import_tax.values import Assessment, LineAssessment, OrderLine, OrderValue
from reference import selectors
from reference.parameters import ParameterMissing, Parameters
from reference.problems import Problem, Refused


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:f}"


def _line_out(line: LineAssessment) -> dict[str, Any]:
    return {
        "hs": line.hs,
        "name": line.name,
        "dutiable_value": _text(line.dutiable_value),
        "tariff": _text(line.tariff),
        "consumption_tax": _text(line.consumption_tax),
        "vat": _text(line.vat),
        "total": _text(line.total),
        "unit_value": _text(line.unit_value),
        "steps": [step.as_dict() for step in line.steps],
    }


def quote_out(assessment: Assessment, on: date) -> dict[str, Any]:
    """The public shape of an assessment."""
    return {
        "regime": assessment.regime,
        "date": on.isoformat(),
        "dutiable_value": _text(assessment.dutiable_value),
        "tariff": _text(assessment.tariff),
        "consumption_tax": _text(assessment.consumption_tax),
        "vat": _text(assessment.vat),
        "total": _text(assessment.total),
        "used_after": _text(assessment.used_after),
        "lines": [_line_out(line) for line in assessment.lines],
        "reasons": [{"code": reason.code, "text": reason.text} for reason in assessment.reasons],
        "rules": [rule.as_dict() for rule in assessment.rules],
    }


def _order(data: dict[str, Any]) -> OrderValue:
    return OrderValue(
        lines=tuple(
            OrderLine(
                hs=line["hs"],
                name=line["name"],
                price=line["price"],
                quantity=line["quantity"],
                content=line.get("content"),
                content_unit=line.get("content_unit"),
                vat_rate=line.get("vat_rate"),
                ct_rate=line.get("consumption_tax_rate"),
                tariff_rate=line.get("tariff_rate"),
            )
            for line in data["lines"]
        ),
        freight=data["freight"],
        insurance=data["insurance"],
    )


def _parameters(on: date) -> Parameters:
    try:
        return selectors.parameters(on)
    except ParameterMissing as error:
        message = gettext_noop("No import tax rules are known for {date}.")
        problem = Problem("import_tax.no_rules", "/date", message, {"date": on.isoformat()})
        raise Refused([problem]) from error


class QuoteView(APIView):
    """Import tax of an order that need not exist. Nothing is stored."""

    authentication_classes = ()
    permission_classes = (permissions.AllowAny,)
    throttle_scope = "quotes"

    @extend_schema(
        operation_id="quote_import_tax",
        summary="Quote the import tax of an order",
        description=(
            "Amounts and rates are decimal strings. Rates given with a line replace the table's. "
            "An order above the limits is an answer (`refused`), not an error."
        ),
        tags=["customs"],
        request=QuoteInSerializer,
        responses={
            200: QuoteOutSerializer,
            400: OpenApiResponse(description="The input is not valid: every problem is listed."),
            422: OpenApiResponse(description="Rates or contents are missing: every problem is listed."),
            429: OpenApiResponse(description="Too many quotes; see Retry-After."),
        },
        examples=[EXAMPLE_IN, EXAMPLE_OUT],
        auth=[],
    )
    def post(self, request: Request) -> Response:
        """Read, assess, answer."""
        form = QuoteInSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        data = form.validated_data
        on = data.get("date") or timezone.localdate()
        order = _order(data)
        rates = rates_of(selectors.tariff({line.hs for line in order.lines}, on))
        assessment = assess(order, rates, _parameters(on), data["used_this_year"])
        if assessment.problems:
            raise Refused(assessment.problems)
        return Response(quote_out(assessment, on))

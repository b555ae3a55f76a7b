"""Inventory lists over REST: find them, read one with its tax, findings and history."""

from __future__ import annotations

from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import Scope
from customs.models import DocumentState, Inventory
from customs.selectors import ListFilter, filtered, whole_lists_visible_to
from reference.problems import Problem
from submissions.api.v1.shapes import ProblemDocumentSerializer, ProblemSerializer
from submissions.api.v1.views import caller, limit_of

TEXTS = ("order_no", "invt_no", "logistics_no", "return_code", "cop_no", "reference")


class InventorySerializer(serializers.Serializer):
    """One inventory list. Amounts are CNY as decimal strings; null where nothing was worked out."""

    id = serializers.UUIDField()
    reference = serializers.CharField(source="message.submission.reference")
    state = serializers.CharField()
    state_text = serializers.CharField(source="get_state_display")
    since = serializers.DateTimeField(source="state_at")
    version = serializers.IntegerField()
    order_no = serializers.CharField()
    waybill_no = serializers.CharField(source="logistics_no")
    cop_no = serializers.CharField()
    pre_entry_number = serializers.CharField(source="pre_no")
    list_number = serializers.CharField(source="invt_no")
    trade_mode = serializers.CharField()
    customs_office = serializers.CharField(source="customs_code")
    return_code = serializers.CharField()
    return_info = serializers.CharField()
    tax_regime = serializers.CharField()
    dutiable_value = serializers.DecimalField(15, 2, allow_null=True)
    tariff = serializers.DecimalField(15, 2, allow_null=True)
    consumption_tax = serializers.DecimalField(15, 2, allow_null=True)
    vat = serializers.DecimalField(15, 2, allow_null=True)
    tax_total = serializers.DecimalField(15, 2, allow_null=True)
    released_at = serializers.DateTimeField(allow_null=True)
    findings = serializers.SerializerMethodField()

    @extend_schema_field(ProblemSerializer(many=True))
    def get_findings(self, inventory: Inventory) -> list[dict[str, str]]:
        """What we found, in the caller's language."""
        return [Problem.from_stored(row).as_dict() for row in inventory.findings]


class InventoryPageSerializer(serializers.Serializer):
    """A page of lists; `next` is the cursor of the page after it, null on the last."""

    results = InventorySerializer(many=True)
    next = serializers.CharField(allow_null=True)


def _day(request: Request, name: str) -> object:
    text = request.query_params.get(name, "")
    if not text:
        return None
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        raise exceptions.ValidationError({name: [_("A date, e.g. 2026-11-23.")]})
    return day


def _asked(request: Request) -> ListFilter:
    given = request.query_params
    state = given.get("state", "")
    if state and state not in DocumentState.values:
        raise exceptions.ValidationError({"state": [_("No such state.")]})
    return ListFilter(
        state=state,
        since=_day(request, "since"),  # type: ignore[arg-type]
        until=_day(request, "until"),  # type: ignore[arg-type]
        **{name: given.get(name, "") for name in TEXTS},
    )


class InventoryListView(APIView):
    """Inventory lists the caller may read whole, newest first."""

    required_scopes = {"GET": Scope.INVENTORIES_READ}

    @extend_schema(
        operation_id="inventories_list",
        parameters=[
            OpenApiParameter("state", enum=DocumentState.values),
            OpenApiParameter("since", description="Day of receipt, inclusive."),
            OpenApiParameter("until", description="Day of receipt, inclusive."),
            *(OpenApiParameter(name) for name in TEXTS),
            OpenApiParameter("after", description="The `next` of the page before."),
            OpenApiParameter("limit", type=int, description="1 to 500, 100 when not given."),
        ],
        responses={200: InventoryPageSerializer, 400: ProblemDocumentSerializer},
    )
    def get(self, request: Request) -> Response:
        """A page."""
        limit = limit_of(request)
        rows = filtered(whole_lists_visible_to(caller(request)), _asked(request)).select_related(
            "message__submission"
        )
        if after := request.query_params.get("after"):
            try:
                rows = rows.filter(pk__lt=UUID(after))
            except ValueError:
                raise exceptions.ValidationError({"after": [_("Not a cursor of this list.")]}) from None
        page = list(rows[: limit + 1])
        return Response(
            {
                "results": InventorySerializer(page[:limit], many=True).data,
                "next": str(page[limit - 1].pk) if len(page) > limit else None,
            }
        )


class InventoryView(APIView):
    """One inventory list."""

    required_scopes = {"GET": Scope.INVENTORIES_READ}

    @extend_schema(
        operation_id="inventories_read",
        responses={200: InventorySerializer, 404: ProblemDocumentSerializer},
    )
    def get(self, request: Request, inventory_id: UUID) -> Response:
        """404 also for what belongs to others."""
        rows = whole_lists_visible_to(caller(request)).select_related("message__submission")
        return Response(InventorySerializer(get_object_or_404(rows, pk=inventory_id)).data)

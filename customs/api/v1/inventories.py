"""Inventory lists over REST: find them, read one with its tax, findings and history."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import Scope
from customs.api.v1.lists import narrowed, parameters
from customs.models import CustomsReply, DocumentEvent, Inventory
from customs.presenters import timeline
from customs.selectors import filtered, whole_lists_visible_to
from reference.problems import Problem
from submissions.api.v1.queries import Asked, page_of
from submissions.api.v1.shapes import ProblemSerializer, problems
from submissions.api.v1.views import caller


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


class EventSerializer(serializers.Serializer):
    """One entry of a list's history; `words` are customs' own, `effect` says why an answer changed nothing."""

    at = serializers.DateTimeField()
    actor = serializers.CharField()
    text = serializers.CharField(source="sentence")
    words = serializers.CharField()
    state = serializers.CharField()
    said_at = serializers.DateTimeField(allow_null=True)
    effect = serializers.CharField()


class InventoryWithHistorySerializer(InventorySerializer):
    """One inventory list with what happened to it, oldest first."""

    history = serializers.SerializerMethodField()

    @extend_schema_field(EventSerializer(many=True))
    def get_history(self, inventory: Inventory) -> list[dict[str, Any]]:
        """Our steps and customs' answers."""
        events = DocumentEvent.objects.filter(document_id=inventory.pk).order_by("at", "id")
        replies = CustomsReply.objects.filter(document_id=inventory.pk).order_by("received_at", "id")
        return list(EventSerializer(timeline(list(events), list(replies)), many=True).data)


class InventoryPageSerializer(serializers.Serializer):
    """A page of lists; `next` is the cursor of the page after it, null on the last."""

    results = InventorySerializer(many=True)
    next = serializers.CharField(allow_null=True)


class InventoryListView(APIView):
    """Inventory lists the caller may read whole, newest first."""

    required_scopes = {"GET": Scope.INVENTORIES_READ}

    @extend_schema(
        operation_id="inventories_list",
        parameters=parameters(),
        responses={200: InventoryPageSerializer, **problems(400)},
    )
    def get(self, request: Request) -> Response:
        """A page."""
        asked = Asked(request)
        limit, after = asked.limit(), asked.cursor()
        rows = filtered(whole_lists_visible_to(caller(request)), narrowed(asked))
        asked.checked()
        shown, following = page_of(rows.select_related("message__submission"), after, limit)
        return Response({"results": InventorySerializer(shown, many=True).data, "next": following})


class InventoryView(APIView):
    """One inventory list."""

    required_scopes = {"GET": Scope.INVENTORIES_READ}

    @extend_schema(
        operation_id="inventories_read",
        responses={200: InventoryWithHistorySerializer, **problems(404)},
    )
    def get(self, request: Request, inventory_id: UUID) -> Response:
        """404 also for what belongs to others."""
        rows = whole_lists_visible_to(caller(request)).select_related("message__submission")
        return Response(InventoryWithHistorySerializer(get_object_or_404(rows, pk=inventory_id)).data)

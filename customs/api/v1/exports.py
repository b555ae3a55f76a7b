"""Export lists over REST: find them, read one with its way out, findings and history; each agency its own fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, cast
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from drf_spectacular.utils import (
    OpenApiParameter,
    PolymorphicProxySerializer,
    extend_schema,
    extend_schema_field,
)
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import Scope
from accounts.principals import Principal
from customs.api.v1.inventories import EventSerializer
from customs.api.v1.lists import narrowed, parameters
from customs.export.currencies import letters
from customs.export.selectors import closed_in, declared_hs
from customs.export.tracking import NoticeRow, Tracked, track
from customs.export.words import WAITS
from customs.models import (
    CustomsReply,
    DocumentEvent,
    DocumentState,
    ExportList,
    ExportListLine,
    ExportReturn,
)
from customs.presenters import timeline
from customs.reading import EXPORTS
from customs.selectors import filtered
from reference.problems import Problem
from submissions.api.v1.queries import Asked, page_of
from submissions.api.v1.shapes import ProblemSerializer, problems
from submissions.api.v1.views import caller

TAX = "tax"  # compares exemptions with what customs has closed (R13.07), and reads nothing else


class ExportLineSerializer(serializers.Serializer):
    """A declared line. `hs` as declared: four digits under the simplified way; `currency`: three letters."""

    line = serializers.IntegerField(source="gnum")
    item_no = serializers.CharField()
    hs = serializers.SerializerMethodField()
    goods = serializers.CharField(source="gname")
    quantity = serializers.DecimalField(19, 5, source="qty")
    unit = serializers.CharField()
    price = serializers.DecimalField(19, 5)
    value = serializers.DecimalField(19, 5, source="total_price")
    currency = serializers.SerializerMethodField()

    def get_hs(self, line: ExportListLine) -> str:
        """The declared code."""
        return declared_hs(line.gcode, line.export_list.statistics_flag)

    def get_currency(self, line: ExportListLine) -> str:
        """ISO letters."""
        return letters(line.currency)


class ExportReturnSerializer(serializers.Serializer):
    """Goods of a line that came back."""

    line = serializers.IntegerField(source="gnum")
    returned_on = serializers.DateField()
    quantity = serializers.DecimalField(19, 5)
    mode = serializers.CharField()


class TaxExportListSerializer(serializers.Serializer):
    """A closed export list as tax reads it. It counts in the month of `closed_at`."""

    id = serializers.UUIDField()
    list_number = serializers.CharField(source="invt_no")
    export_date = serializers.SerializerMethodField(help_text="As declared.")
    closed_at = serializers.DateTimeField(allow_null=True)
    statistics_flag = serializers.CharField()
    trade_mode = serializers.CharField()
    customs_office = serializers.CharField(source="customs_code")
    firm = serializers.CharField(source="ebc_code")
    firm_name = serializers.CharField(source="ebc_name")
    producer = serializers.CharField(source="owner_code")
    lines = ExportLineSerializer(many=True)
    returns = serializers.SerializerMethodField()

    def get_export_date(self, one: ExportList) -> date | None:
        """A day."""
        digits = one.ie_date
        return parse_date(f"{digits[:4]}-{digits[4:6]}-{digits[6:]}")

    @extend_schema_field(ExportReturnSerializer(many=True))
    def get_returns(self, one: ExportList) -> list[dict[str, Any]]:
        """What customs has put on record as come back."""
        rows: Sequence[ExportReturn] = self.context["returns"].get(one.pk, ())
        return list(ExportReturnSerializer(rows, many=True).data)


class NoticeSerializer(serializers.Serializer):
    """One of the notices that name the list's waybill."""

    kind = serializers.CharField()
    id = serializers.UUIDField()
    number = serializers.CharField(source="cop_no")
    master_bill = serializers.CharField(source="bill_no")
    state = serializers.CharField()
    told_at = serializers.CharField(source="app_time", help_text="14 digits, Beijing time.")
    left_at = serializers.SerializerMethodField(help_text="14 digits, Beijing time; of departures.")

    def get_left_at(self, notice: NoticeRow) -> str:
        """When the goods left."""
        return getattr(notice, "leave_time", "")


class WaitSerializer(serializers.Serializer):
    """What is waited for on the way out, who acts, since when, and how many working days already."""

    step = serializers.ChoiceField(["arrival", "manifest", "release", "departure", "closing"])
    holder = serializers.ChoiceField(["logistics", "declarant", "customs"])
    text = serializers.CharField()
    since = serializers.DateTimeField()
    working_days = serializers.IntegerField()
    late = serializers.BooleanField(help_text="By this portal's own measure, not a legal time limit.")


class ExportListSerializer(TaxExportListSerializer):
    """One export list. Amounts are decimal strings in the currency of the line."""

    reference = serializers.CharField(source="message.submission.reference")
    state = serializers.CharField()
    state_text = serializers.CharField(source="get_state_display")
    since = serializers.DateTimeField(source="state_at")
    version = serializers.IntegerField()
    order_no = serializers.CharField()
    waybill_no = serializers.CharField(source="logistics_no")
    cop_no = serializers.CharField()
    pre_entry_number = serializers.CharField(source="pre_no")
    return_code = serializers.CharField()
    return_info = serializers.CharField()
    released_at = serializers.DateTimeField(allow_null=True)
    findings = serializers.SerializerMethodField()
    notices = serializers.SerializerMethodField()
    waits_for = serializers.SerializerMethodField()

    def _way(self, one: ExportList) -> Tracked:
        return cast("Tracked", self.context["ways"][one.pk])

    @extend_schema_field(ProblemSerializer(many=True))
    def get_findings(self, one: ExportList) -> list[dict[str, str]]:
        """What we found in documents and notices, in the caller's language."""
        stored = [Problem.from_stored(row) for row in one.findings]
        return [problem.as_dict() for problem in (*stored, *self._way(one).findings)]

    @extend_schema_field(NoticeSerializer(many=True))
    def get_notices(self, one: ExportList) -> list[dict[str, Any]]:
        """Arrival, manifest and departure, as far as they are here."""
        return list(NoticeSerializer(self._way(one).notices.values(), many=True).data)

    @extend_schema_field(WaitSerializer(allow_null=True))
    def get_waits_for(self, one: ExportList) -> dict[str, Any] | None:
        """Null before customs has the list, and once it is closed."""
        way = self._way(one)
        if way.wait is None:
            return None
        told = {
            "step": way.wait.step,
            "holder": way.wait.holder,
            "text": str(WAITS[way.wait.step]),
            "since": way.wait.since,
            "working_days": way.days,
            "late": way.is_late,
        }
        return dict(WaitSerializer(told).data)


class ExportListWithHistorySerializer(ExportListSerializer):
    """One export list with what happened to it, oldest first."""

    history = serializers.SerializerMethodField()

    @extend_schema_field(EventSerializer(many=True))
    def get_history(self, one: ExportList) -> list[dict[str, Any]]:
        """Our steps and customs' answers."""
        events = DocumentEvent.objects.filter(document_id=one.pk).order_by("at", "id")
        replies = CustomsReply.objects.filter(document_id=one.pk).order_by("received_at", "id")
        return list(EventSerializer(timeline(list(events), list(replies)), many=True).data)


class ExportListPageSerializer(serializers.Serializer):
    """A page of lists; `next` is the cursor of the page after it, null on the last."""

    results = ExportListSerializer(many=True)
    next = serializers.CharField(allow_null=True)


class TaxExportListPageSerializer(serializers.Serializer):
    """The same for tax: closed lists only."""

    results = TaxExportListSerializer(many=True)
    next = serializers.CharField(allow_null=True)


def readable(principal: Principal) -> QuerySet[ExportList]:
    """Companies and customs: lists they may read whole. Tax: every closed one. Other agencies: none."""
    if is_tax(principal):
        return ExportList.objects.filter(state=DocumentState.CLOSED)
    return EXPORTS.whole_visible_to(principal)


def is_tax(principal: Principal) -> bool:
    """The caller is the tax authority."""
    return principal.agency is not None and principal.agency.code == TAX


def _context(shown: Sequence[ExportList], *, tax: bool) -> dict[str, Any]:
    returns: dict[UUID, list[ExportReturn]] = {}
    rows = ExportReturn.objects.filter(export_list_id__in=[one.pk for one in shown])
    for row in rows.order_by("returned_on", "id"):
        returns.setdefault(row.export_list_id, []).append(row)
    return {"returns": returns, "ways": {} if tax else track(shown)}


def _month(asked: Asked) -> date | None:
    """`closed_month`, e.g. 2026-10: a day of it."""
    text = asked.text("closed_month")
    try:
        day = parse_date(f"{text}-01") if text else None
    except ValueError:
        day = None
    if text and day is None:
        asked.wrong("closed_month", _("A month, e.g. 2026-10."))
    return day


def _either(name: str, own: Any, tax: Any) -> PolymorphicProxySerializer:
    return PolymorphicProxySerializer(
        component_name=name, serializers=[own, tax], resource_type_field_name=None
    )


class ExportListListView(APIView):
    """Export lists the caller may read whole, newest first; tax gets closed ones with its own fields."""

    required_scopes: Mapping[str, Scope] = {"GET": Scope.EXPORTS_READ}

    @extend_schema(
        operation_id="export_lists_list",
        parameters=parameters(
            OpenApiParameter("closed_month", description="Month of closing (899), e.g. 2026-10.")
        ),
        responses={
            200: _either("ExportListsRead", ExportListPageSerializer, TaxExportListPageSerializer),
            **problems(400),
        },
    )
    def get(self, request: Request) -> Response:
        """A page."""
        asked, principal = Asked(request), caller(request)
        limit, after, month = asked.limit(), asked.cursor(), _month(asked)
        rows = filtered(readable(principal), narrowed(asked), {})
        asked.checked()
        shown, following = page_of(_wide(closed_in(rows, month) if month else rows), after, limit)
        tax = is_tax(principal)
        shape = TaxExportListSerializer if tax else ExportListSerializer
        results = shape(shown, many=True, context=_context(shown, tax=tax)).data
        return Response({"results": results, "next": following})


class ExportListView(APIView):
    """One export list."""

    required_scopes: Mapping[str, Scope] = {"GET": Scope.EXPORTS_READ}

    @extend_schema(
        operation_id="export_lists_read",
        responses={
            200: _either("ExportListRead", ExportListWithHistorySerializer, TaxExportListSerializer),
            **problems(404),
        },
    )
    def get(self, request: Request, list_id: UUID) -> Response:
        """404 also for what belongs to others."""
        principal = caller(request)
        one = get_object_or_404(_wide(readable(principal)), pk=list_id)
        tax = is_tax(principal)
        shape = TaxExportListSerializer if tax else ExportListWithHistorySerializer
        return Response(shape(one, context=_context([one], tax=tax)).data)


def _wide(rows: QuerySet[ExportList]) -> QuerySet[ExportList]:
    return rows.select_related("message__submission").prefetch_related("lines").defer("personal")

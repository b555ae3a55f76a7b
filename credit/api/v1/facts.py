"""Agencies' systems: facts and customs' levels come in, whole records go out with a reason that is kept."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import Agency, Company
from accounts.permissions import Scope
from accounts.principals import Principal
from accounts.selectors import company_by_code
from credit import selectors, services
from credit.api.v1.shapes import CompanyRecordsSerializer, shape
from credit.values import SEVERITIES
from reference.problem_documents import problem_response
from reference.problems import Problem, Refused
from submissions.api.v1.queries import Asked
from submissions.api.v1.shapes import problems
from submissions.api.v1.views import caller


class FactInSerializer(serializers.Serializer):
    """A fact as its agency tells it; `record_no` is the agency's own number and makes a repeat safe."""

    company = serializers.CharField(max_length=18, help_text="Unified social credit code or customs code.")
    type = serializers.CharField(max_length=40)
    severity = serializers.ChoiceField(SEVERITIES)
    ruled_on = serializers.DateField()
    record_no = serializers.CharField(max_length=64)
    document_no = serializers.CharField(max_length=100)
    words_zh = serializers.CharField(max_length=4000)
    words_en = serializers.CharField(max_length=4000, required=False, allow_blank=True, default="")
    subject_kind = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")
    subject_code = serializers.CharField(max_length=64, required=False, allow_blank=True, default="")
    evidence_sha256 = serializers.CharField(max_length=64, required=False, allow_blank=True, default="")
    made_public = serializers.BooleanField(required=False, default=False)


class LevelInSerializer(serializers.Serializer):
    """A level as customs gave it; the number of the document makes a repeat safe."""

    company = serializers.CharField(max_length=18)
    level = serializers.CharField(max_length=20, help_text="Code of the table `customs_level`.")
    valid_from = serializers.DateField()
    document_no = serializers.CharField(max_length=100)


class RecordedSerializer(serializers.Serializer):
    """It stands here; `repeated` when it did before."""

    id = serializers.UUIDField()
    repeated = serializers.BooleanField()


def _agency(request: Request) -> Agency:
    agency = caller(request).agency
    if agency is None:
        raise PermissionDenied
    return agency


def _company(code: str) -> Company:
    found = company_by_code(code.strip().upper())
    if found is None:
        text = gettext_noop("No company with this code is on record.")
        raise Refused([Problem("company.unknown", "/company", text)])
    return found


def _read(form: serializers.Serializer) -> dict[str, Any]:
    form.is_valid(raise_exception=True)
    return dict(form.validated_data)


def _conflict() -> Response:
    title = _("This number stands for another record already")
    return problem_response(status_code=409, code="number_reused", title=title)


def _one_of(principal: Principal, code: str) -> Company:
    """Any company to an agency, its own to a company; 404 otherwise."""
    rows = Company.objects.filter(Q(uscc=code) | Q(customs_code=code))
    if principal.agency is None:
        rows = rows.filter(pk__in=[one.pk for one in principal.companies if one == principal.company])
    return get_object_or_404(rows)


class FactView(APIView):
    """The door for facts."""

    required_scopes = {"POST": Scope.FACTS_SEND}

    @extend_schema(
        operation_id="credit_facts_create",
        request=FactInSerializer,
        responses={201: RecordedSerializer, 200: RecordedSerializer, **problems(400, 409, 422)},
    )
    def post(self, request: Request) -> Response:
        """201 for a new fact, 200 for an exact repeat, 409 for a known number with other content."""
        agency, given = _agency(request), _read(FactInSerializer(data=request.data))
        company = _company(given.pop("company"))
        try:
            fact, new = services.record_fact(
                services.FactIn(**given), company=company, agency=agency, by=caller(request).actor
            )
        except services.Conflict:
            return _conflict()
        return Response({"id": str(fact.pk), "repeated": not new}, status=201 if new else 200)


class LevelView(APIView):
    """The door for customs' levels; open to customs alone."""

    required_scopes = {"POST": Scope.FACTS_SEND}

    @extend_schema(
        operation_id="credit_levels_create",
        request=LevelInSerializer,
        responses={201: RecordedSerializer, 200: RecordedSerializer, **problems(400, 409, 422)},
    )
    def post(self, request: Request) -> Response:
        """201 for a new level, 200 for an exact repeat, 409 for a known document that says otherwise."""
        agency, given = _agency(request), _read(LevelInSerializer(data=request.data))
        company = _company(given.pop("company"))
        try:
            level, new = services.record_level(
                services.LevelIn(**given), company=company, agency=agency, by=caller(request).actor
            )
        except services.Conflict:
            return _conflict()
        return Response({"id": str(level.pk), "repeated": not new}, status=201 if new else 200)


class WholeRecordView(APIView):
    """The whole record of a company: to an agency with its reason, to a company its own."""

    required_scopes = {"GET": Scope.RECORDS_READ}

    @extend_schema(
        operation_id="credit_records_read",
        parameters=[
            OpenApiParameter(
                "company", required=True, description="Unified social credit code or customs code."
            ),
            OpenApiParameter(
                "reason", description="Of an agency: why it looks; kept and shown to the company."
            ),
        ],
        responses={200: CompanyRecordsSerializer, **problems(400, 404)},
    )
    def get(self, request: Request) -> Response:
        """404 for a company that asks for another; a look of an agency is kept with its reason."""
        principal, asked = caller(request), Asked(request)
        code, reason = asked.text("company").strip().upper(), asked.text("reason").strip()
        if principal.agency is not None and not reason:
            asked.wrong("reason", _("Give the reason for which you look."))
        if not code:
            asked.wrong("company", _("Unified social credit code or customs code."))
        asked.checked()
        company = _one_of(principal, code)
        if principal.agency is not None:
            services.look(company, agency=principal.agency, by=principal.actor, reason=reason)
        today = timezone.localdate()
        told = shape(company, selectors.standing(company, today), selectors.rows_of(company, today))
        return Response(CompanyRecordsSerializer(told).data)

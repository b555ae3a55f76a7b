"""`GET /api/v1/filings/{uscc}`: what is entered about an enterprise, as far as the caller may know."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import Company
from accounts.permissions import Scope
from accounts.principals import Principal
from filing.enterprise.definition import CODE
from filing.enterprise.records import REGISTER_OF
from filing.models import EnterpriseRecord, Register
from filing.registrations import registration
from submissions.api.v1.shapes import problems
from submissions.api.v1.views import caller


class FilingRecordSerializer(serializers.Serializer):
    """One register. `facts` only to the office that keeps it and to the enterprise itself."""

    register = serializers.ChoiceField(Register.values)
    register_text = serializers.CharField()
    number = serializers.CharField()
    since = serializers.DateField()
    until = serializers.DateField(allow_null=True)
    facts = serializers.DictField()


class FilingSerializer(serializers.Serializer):
    """An enterprise with its records in force today."""

    uscc = serializers.CharField()
    name = serializers.CharField()
    in_pilot_zone = serializers.BooleanField()
    records = FilingRecordSerializer(many=True)


class FilingView(APIView):
    """The records of one enterprise."""

    required_scopes = {"GET": Scope.FILINGS_READ}

    @extend_schema(operation_id="filings_read", responses={200: FilingSerializer, **problems(404)})
    def get(self, request: Request, uscc: str) -> Response:
        """An agency: its own register and the pilot-zone record. A company: its own. 404 for anything else."""
        principal = caller(request)
        company = get_object_or_404(Company, uscc=uscc)
        found = registration(company)
        seen = [row for row in found.records.values() if row.register in _readable(principal, company)]
        if not seen:
            raise exceptions.NotFound
        body = {
            "uscc": company.uscc,
            "name": company.name,
            "in_pilot_zone": found.in_force,
            "records": [_row(row, _keeps(principal, row)) for row in seen],
        }
        return Response(FilingSerializer(body).data)


def _readable(principal: Principal, company: Company) -> frozenset[str]:
    if principal.agency is None:
        return frozenset(Register.values) if principal.may_act_for(company, CODE) else frozenset()
    own = REGISTER_OF.get(principal.agency.code)
    return frozenset({own.value, Register.PILOT_ZONE.value}) if own else frozenset()


def _keeps(principal: Principal, row: EnterpriseRecord) -> bool:
    return principal.agency is None or REGISTER_OF.get(principal.agency.code) == row.register


def _row(row: EnterpriseRecord, whole: bool) -> dict[str, object]:
    return {
        "register": row.register,
        "register_text": row.get_register_display(),
        "number": row.number,
        "since": row.since,
        "until": row.until,
        "facts": row.facts if whole else {},
    }

"""Services that are filled in as a form, over REST: what they ask, and handing in."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import Company
from accounts.permissions import Scope
from accounts.principals import Principal
from accounts.selectors import company_by_code
from reference.problem_documents import refused as refusal
from reference.problems import Refused
from submissions.api.bodies import LimitedBody
from submissions.api.idempotency import idempotent
from submissions.api.v1 import shapes
from submissions.api.v1.views import caller
from submissions.definitions import filling
from submissions.definitions.definition import PaperSlot, ServiceDefinition, definition_of
from submissions.definitions.fields import TABLES, Field
from submissions.models import Submission

MAX_BYTES = 31 * 1024 * 1024
MOST_FILES = 50


class HandedPaperSerializer(serializers.Serializer):
    """A file as base64; what it is, its bytes say."""

    code = serializers.CharField(max_length=40)
    content = serializers.CharField(max_length=MAX_BYTES)


class FilledFormSerializer(serializers.Serializer):
    """A form filled in. `applicant`: USCC of the company one acts for; left out, one's own."""

    applicant = serializers.CharField(required=False, max_length=18)
    form = serializers.DictField()
    papers = HandedPaperSerializer(many=True, required=False)


def definition_or_404(kind: str) -> ServiceDefinition:
    """The service of that code; 404 when it is not filled in as a form."""
    definition = definition_of(kind)
    if definition is None:
        raise Http404
    return definition


class ServiceView(APIView):
    """What a service asks."""

    required_scopes = {"GET": Scope.SUBMISSIONS_READ}

    @extend_schema(
        operation_id="services_read",
        responses={200: OpenApiTypes.OBJECT, **shapes.problems(404)},
    )
    def get(self, request: Request, kind: str) -> Response:
        """The definition: sections with their fields and shapes, papers, agencies with both times."""
        definition, company = definition_or_404(kind), caller(request).company
        return Response(described(definition.of(company) if company else definition))


class ServiceSubmissionsView(LimitedBody):
    """Handing in a form."""

    required_scopes = {"POST": Scope.SUBMISSIONS_WRITE}
    most_bytes = MAX_BYTES

    @extend_schema(
        operation_id="services_submit",
        parameters=[OpenApiParameter("Idempotency-Key", location="header")],
        request=FilledFormSerializer,
        responses={201: shapes.SubmissionSerializer, **shapes.problems(400, 404, 409, 413, 422)},
    )
    @idempotent
    def post(self, request: Request, kind: str) -> Response:
        """201 with the number; 422 with everything that is wrong, as in the browser."""
        definition, principal = definition_or_404(kind), caller(request)
        try:
            submission = receive(definition, request.data, principal)
        except Refused as refused:
            return refusal(refused.problems)
        submission.refresh_from_db()
        return Response(shapes.SubmissionSerializer(submission).data, status=201)


def receive(definition: ServiceDefinition, body: Any, principal: Principal) -> Submission:
    """A filled-in form with its papers, handed in; `Refused` with everything that is wrong."""
    form = FilledFormSerializer(data=body)
    form.is_valid(raise_exception=True)
    given = form.validated_data
    company = applicant(definition, principal, given.get("applicant", ""))
    return filling.receive(
        definition,
        company,
        given["form"],
        files(given.get("papers", ())),
        by=principal.actor_for(company),
        created_by=principal.user,
    )


def applicant(definition: ServiceDefinition, principal: Principal, code: str) -> Company:
    """Oneself, or a company whose mandate one holds; 404 for any other, existing or not."""
    company = company_by_code(code) if code else principal.company
    if company is None or not principal.may_act_for(company, definition.service):
        raise exceptions.NotFound
    return company


def files(given: Any) -> list[tuple[str, bytes]]:
    """The files' bytes; one that is no base64 is refused with its place."""
    if len(given) > MOST_FILES:
        raise exceptions.ValidationError({"papers": [_("Too many files.")]})
    found = []
    for place, one in enumerate(given):
        try:
            found.append((one["code"], base64.b64decode(one["content"], validate=True)))
        except ValueError:  # binascii.Error, or characters that are not ASCII
            raise exceptions.ValidationError({f"papers.{place}.content": [_("Not base64.")]}) from None
    return found


def described(definition: ServiceDefinition) -> dict[str, Any]:
    """A definition as JSON."""
    return {
        "code": definition.code,
        "name": str(definition.name),
        "sentence": str(definition.sentence),
        "basis": [str(one) for one in definition.basis],
        "who": str(definition.who),
        "sections": [
            {
                "code": section.code,
                "title": str(section.title),
                "fields": [_field(field) for field in section.fields],
            }
            for section in definition.sections
        ],
        "papers": [_paper(slot) for slot in definition.papers],
        "agencies": [
            {
                "code": part.code,
                "what": str(part.what),
                "promised_days": part.promised_days,
                "statutory_days": part.statutory_days,
            }
            for part in definition.agencies
        ],
    }


def _field(field: Field) -> dict[str, Any]:
    found: dict[str, Any] = {
        "code": field.code,
        "label": str(field.label),
        "help": str(field.help),
        "shape": field.shape.value,
        "required": field.required,
        "visible_to": list(field.visible_to),
    }
    found |= _limits(field)
    if field.choices:
        found["choices"] = [{"code": code, "label": str(label)} for code, label in field.choices]
    if field.columns:
        found |= {"columns": [_field(column) for column in field.columns], "most_rows": field.most_rows}
    if field.shape in TABLES:
        found["table"] = TABLES[field.shape]
    return found


def _limits(field: Field) -> Mapping[str, Any]:
    if field.shape in ("text", "long_text"):
        return {"most_characters": field.most} | ({"pattern": field.pattern} if field.pattern else {})
    if field.shape in ("money", "decimal", "integer"):
        least, most = field.least_value, field.most_value
        return {
            "least": None if least is None else str(least),
            "most": None if most is None else str(most),
            "places": 0 if field.shape == "integer" else field.places,
            "unit": field.unit,
        }
    return {}


def _paper(slot: PaperSlot) -> dict[str, Any]:
    return {
        "code": slot.code,
        "name": str(slot.name),
        "required": slot.required,
        "types": list(slot.types),
        "most_bytes": slot.most_bytes,
        "most_files": slot.most_files,
    }

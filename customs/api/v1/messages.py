"""`POST /api/v1/ceb/messages`: hand in one CEB message; the number comes at once."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import Scope
from customs import intake
from customs.ceb.xml import MAX_BYTES
from reference.problem_documents import problem_response
from submissions.api.bodies import RawParser, check_body
from submissions.api.idempotency import idempotent
from submissions.api.v1.shapes import problems
from submissions.api.v1.views import caller


class XmlParser(RawParser):
    """The bytes: what is stored and forwarded is what was signed."""

    media_type = "application/xml"


class MessageReceivedSerializer(serializers.Serializer):
    """The message is stored; its documents are loaded next."""

    reference = serializers.CharField()
    documents = serializers.IntegerField()
    repeated = serializers.BooleanField(help_text="True when this very message was here already.")


class MessageView(APIView):
    """The door for customs messages."""

    required_scopes = {"POST": Scope.CEB_SEND}
    parser_classes = (XmlParser,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """After the caller's rights, size and type of the body, before it is read."""
        super().initial(request, *args, **kwargs)
        if request.method == "POST":
            check_body(request, MAX_BYTES)

    @extend_schema(
        operation_id="ceb_messages_create",
        parameters=[OpenApiParameter("Idempotency-Key", location="header")],
        request={"application/xml": OpenApiTypes.STR},
        responses={202: MessageReceivedSerializer, **problems(400, 409, 413, 415, 422)},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """202 with the reference number; 422 with every problem; 409 when the guid has another body."""
        try:
            received = intake.receive_message(request.body, principal=caller(request), channel="api")
        except intake.Conflict:
            return problem_response(
                status_code=409,
                code="guid_reused",
                title=_("This message guid was used for another message"),
            )
        body = {
            "reference": received.submission.reference,
            "documents": received.documents,
            "repeated": not received.created,
        }
        return Response(body, status=202)

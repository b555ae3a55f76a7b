"""`POST /api/v1/inbox/<agency>`: where agencies put their answers. Signed, repeat-safe, stored first."""

from __future__ import annotations

import hashlib
import hmac
import re
import time

from django.conf import settings
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import permissions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from reference.problem_documents import CONTENT_TYPE, problem_response
from submissions import inbox
from submissions.api.bodies import RawParser, check_body
from submissions.api.v1.shapes import ProblemDocumentSerializer, ReceivedSerializer

TOLERANCE_SECONDS = 300
MAX_BYTES = 8 * 1024 * 1024
_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_MESSAGE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


def signature_of(secret: str, timestamp: str, message_id: str, body: bytes) -> str:
    """HMAC-SHA-256 over time, message number and body."""
    return hmac.new(secret.encode(), f"{timestamp}.{message_id}.".encode() + body, hashlib.sha256).hexdigest()


def _signed(request: Request, secret: str, message_id: str, body: bytes) -> bool:
    timestamp = request.headers.get("Signature-Timestamp", "")
    if not _TIMESTAMP.fullmatch(timestamp) or abs(time.time() - int(timestamp)) > TOLERANCE_SECONDS:
        return False
    given = request.headers.get("Signature", "")
    return hmac.compare_digest(
        signature_of(secret, timestamp, message_id, body).encode(), given.lower().encode()
    )


class InboxView(APIView):
    """One message from one agency."""

    authentication_classes = ()
    permission_classes = (permissions.AllowAny,)  # the signature decides
    throttle_classes = ()
    parser_classes = (RawParser,)

    @extend_schema(
        operation_id="inbox_receive",
        parameters=[
            OpenApiParameter("Message-Id", location="header", required=True),
            OpenApiParameter("Signature-Timestamp", location="header", required=True),
            OpenApiParameter("Signature", location="header", required=True),
        ],
        request={"application/xml": OpenApiTypes.STR},
        responses={
            200: ReceivedSerializer,
            **{(status, CONTENT_TYPE): ProblemDocumentSerializer for status in (401, 409, 413)},
        },
        auth=[],
    )
    def post(self, request: Request, agency: str) -> Response:
        """200 for a new message and for an exact repeat, 409 for another body under a known number."""
        secret = settings.AGENCY_SECRETS.get(agency)
        message_id = request.headers.get("Message-Id", "")
        check_body(request, MAX_BYTES)
        body = request._request.body
        if secret is None or not _MESSAGE_ID.fullmatch(message_id):
            return _unauthorised()
        if not _signed(request, secret, message_id, body):
            return _unauthorised()
        stored = inbox.store(agency, message_id, body, request.content_type or "")
        if stored.status == "conflict":
            return problem_response(
                status_code=409,
                code="message_id_reused",
                title=_("This message number was used for another body"),
            )
        return Response({"received": True})


def _unauthorised() -> Response:
    return problem_response(
        status_code=401,
        code="signature",
        title=_("The signature is missing, wrong or too old"),
        headers={"WWW-Authenticate": "HMAC-SHA256"},
    )

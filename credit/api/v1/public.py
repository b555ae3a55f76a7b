"""`GET /api/v1/public/records?q=`: what anybody may read, without login."""

from __future__ import annotations

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import permissions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from credit import selectors
from credit.api.v1.shapes import CompanyRecordsPageSerializer, public_shape
from credit.throttles import RecordsThrottle
from submissions.api.v1.queries import Asked
from submissions.api.v1.shapes import problems

PAGE, LONGEST = 20, 100


class PublicRecordsView(APIView):
    """Companies by a fragment of the name or by code, with their public records."""

    permission_classes = (permissions.AllowAny,)
    throttle_classes = (RecordsThrottle,)

    @extend_schema(
        operation_id="public_records_list",
        parameters=[
            OpenApiParameter("q", required=True, description="2 to 100 characters of a name, or a code.")
        ],
        responses={200: CompanyRecordsPageSerializer, **problems(400)},
        auth=[],
    )
    def get(self, request: Request) -> Response:
        """Those that fit, in the order of their names."""
        asked = Asked(request)
        text = asked.text("q").strip()
        if not selectors.SHORTEST <= len(text) <= LONGEST:
            asked.wrong("q", _("2 to 100 characters of a name, or a whole code."))
        asked.checked()
        found = list(selectors.companies_named(text)[: PAGE + 1])
        results = [public_shape(company) for company in found[:PAGE]]
        return Response(CompanyRecordsPageSerializer({"results": results, "more": len(found) > PAGE}).data)

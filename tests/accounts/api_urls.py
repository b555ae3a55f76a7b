"""Two small views behind the API's own doors, in front of the portal's own pages."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import include, path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.decorators import requires
from accounts.permissions import Permission, Scope
from accounts.principals import principal_of


class Echo(APIView):
    """Who calls."""

    required_scopes = {"GET": Scope.SUBMISSIONS_READ, "POST": Scope.CEB_SEND}
    throttle_classes = []

    def get(self, request: Request) -> Response:
        """Whom the request speaks for."""
        principal = principal_of(request)
        return Response(
            {
                "company": principal.company.name if principal.company else None,
                "agency": principal.agency.code if principal.agency else None,
                "scopes": sorted(principal.scopes),
                "actor": principal.actor.kind,
                "throttle": principal.throttle_id,
            }
        )

    post = get


class Unnamed(APIView):
    """A view that forgot to name its scopes."""

    throttle_classes = []

    def get(self, request: Request) -> Response:
        """Never reached."""
        return Response({})


@requires(Permission.QUEUE_WORK)
def queue(request):
    """A page for officials."""
    return HttpResponse("queue")


urlpatterns = [
    path("api/v1/echo", Echo.as_view()),
    path("api/v1/unnamed", Unnamed.as_view()),
    path("queue/", queue, name="queue"),
    path("", include("portal.urls")),
]

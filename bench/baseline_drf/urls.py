"""One address: a message of a type."""

from __future__ import annotations

from django.db import transaction
from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bench.baseline_drf.matching import match
from bench.baseline_drf.serializers import BY_TYPE


class Messages(APIView):
    """POST a list of documents; lists are matched before the answer."""

    def post(self, request: Request, type_: str) -> Response:
        serializer = BY_TYPE[type_](data=request.data, many=True)
        serializer.is_valid(raise_exception=True)
        with transaction.atomic():
            made = serializer.save()
            if type_ == "CEB621":
                for inventory in made:
                    match(inventory)
        return Response({"documents": len(made)}, status=202)


urlpatterns = [path("messages/<slug:type_>", Messages.as_view())]

"""Bodies taken as bytes: what is signed, hashed and stored is what came over the wire."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, status
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.views import APIView


class TooLarge(exceptions.APIException):
    """413."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"
    default_detail = _("The message is too large")


class RawParser(BaseParser):
    """The body as it came: the signature covers bytes."""

    media_type = "*/*"

    def parse(self, stream: object, media_type: str | None = None, parser_context: object = None) -> Any:
        """Nothing is parsed here."""
        return None


def check_body(request: Request, most: int) -> None:
    """413 for more than `most` bytes, 415 for a type the view has no parser for; before anything is read."""
    length = request.headers.get("Content-Length") or "0"
    if not (length.isascii() and length.isdigit()):
        raise exceptions.ParseError
    if len(length) > len(str(most)) or int(length) > most:
        raise TooLarge
    _parsed = request.data  # chooses the parser, or finds none; RawParser leaves the bytes where they are


class LimitedBody(APIView):
    """A view whose posted bodies are looked at before anything else reads them."""

    most_bytes: ClassVar[int]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """After the caller's rights, size and type of the body."""
        super().initial(request, *args, **kwargs)
        if request.method == "POST":
            check_body(request, self.most_bytes)

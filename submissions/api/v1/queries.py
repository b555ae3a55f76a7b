"""Query parameters, read so that everything wrong with them is said at once."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.core.validators import ProhibitNullCharactersValidator
from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

T = TypeVar("T")
M = TypeVar("M", bound=Model)
PAGE, MOST = 100, 500
# What every list may be asked for besides its own parameters.
PAGING = (
    OpenApiParameter("after", description="The `next` of the page before."),
    OpenApiParameter("limit", type=int, description="1 to 500, 100 when not given."),
)


class Asked:
    """The parameters of one call; `checked()` when all are read: 400 with every problem."""

    def __init__(self, request: Request) -> None:
        self._given = request.query_params
        self._wrong: dict[str, list[str]] = {}

    def wrong(self, name: str, text: str) -> None:
        """Something is the matter with that parameter."""
        self._wrong.setdefault(name, []).append(text)

    def checked(self) -> None:
        """ValidationError when anything was wrong."""
        if self._wrong:
            raise exceptions.ValidationError(self._wrong)

    def text(self, name: str) -> str:
        """As given, "" without; PostgreSQL knows no NUL."""
        text = self._given.get(name, "")
        if "\0" in text:
            self.wrong(name, str(ProhibitNullCharactersValidator.message))
            return ""
        return text

    def one_of(self, name: str, values: Collection[str]) -> str:
        """One of these states, or ""."""
        text = self._given.get(name, "")
        if text and text not in values:
            self.wrong(name, _("No such state."))
        return text

    def limit(self) -> int:
        """`limit` between 1 and the most, 100 when not given."""
        text = self._given.get("limit", str(PAGE))
        if not (text.isascii() and text.isdigit() and len(text) < 5 and 1 <= int(text) <= MOST):  # noqa: PLR2004
            self.wrong("limit", _("A number from 1 to 500."))
            return PAGE
        return int(text)

    def day(self, name: str) -> date | None:
        """A calendar day."""
        return self._read(name, parse_date, _("A date, e.g. 2026-11-23."))

    def moment(self, name: str) -> datetime | None:
        """A time; without an offset it is the portal's (Asia/Shanghai)."""
        return self._read(name, _moment, _("A time, e.g. 2026-11-23T08:00:00+08:00."))

    def cursor(self) -> UUID | None:
        """`after`: the last row of the page before."""
        return self._read("after", UUID, _("Not a cursor of this list."))

    def _read(self, name: str, parse: Callable[[str], T | None], otherwise: str) -> T | None:
        text = self._given.get(name, "")
        if not text:
            return None
        try:
            value = parse(text)
        except (ValueError, OverflowError):
            value = None
        if value is None:
            self.wrong(name, otherwise)
        return value


def _moment(text: str) -> datetime | None:
    value = parse_datetime(text)
    return timezone.make_aware(value) if value is not None and timezone.is_naive(value) else value


def page_of(rows: QuerySet[M], after: UUID | None, limit: int) -> tuple[list[M], str | None]:
    """Rows after that key, newest first, and the key after which the next page begins; None on the last."""
    if after:
        rows = rows.filter(pk__lt=after)
    taken = list(rows.order_by("-pk")[: limit + 1])
    return taken[:limit], str(taken[limit - 1].pk) if len(taken) > limit else None


def paged(
    rows: QuerySet[Any], shape: type[BaseSerializer[Any]], *, after: UUID | None = None, limit: int
) -> Response:
    """A page of them in that shape."""
    page, following = page_of(rows, after, limit)
    return Response({"results": shape(page, many=True).data, "next": following})

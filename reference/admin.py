"""Reference tables to look up on the officials' desk, with validity, source and standing.

Dated files change them, not forms.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from reference.models import CalendarDay, Code, ExchangeRate, Parameter, TariffLine

if TYPE_CHECKING:
    _Admin = admin.ModelAdmin[Any]
else:
    _Admin = admin.ModelAdmin

# Names of permissions of the house; this room lies below the one that declares them.
READERS = ("queue.read", "reference.manage")


class LookUp(_Admin):
    """Read only, for officials and for who keeps the tables."""

    actions = None
    list_per_page = 100
    show_full_result_count = False

    @admin.display(description=_("valid from"), ordering="valid_from")
    def since(self, row: Any) -> str:
        """The day as every page of the portal writes it."""
        return str(row.valid_from.isoformat())

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether it is in the list of tables."""
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Officials and who keeps the tables."""
        return any(request.user.has_perm(name) for name in READERS)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody: dated files are loaded."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: what was in force stays on record."""
        return False


@admin.register(Code)
class CodeAdmin(LookUp):
    """Code tables of customs."""

    list_display = ("table", "code", "name_zh", "name_en", "since", "withdrawn", "trust", "source")
    list_filter = ("table", "trust", "withdrawn")
    search_fields = ("code", "name_zh", "name_en")
    list_display_links = ("code",)


@admin.register(TariffLine)
class TariffLineAdmin(LookUp):
    """Rates by HS code and day."""

    list_display = (
        "hs10",
        "name_zh",
        "since",
        "mfn_rate",
        "vat_rate",
        "ct_rate",
        "unit1",
        "unit2",
        "evidence",
        "source",
    )
    list_filter = ("evidence",)
    search_fields = ("hs10", "name_zh", "name_en")


@admin.register(Parameter)
class ParameterAdmin(LookUp):
    """Rules that are numbers, with their source and how firm they are."""

    list_display = (
        "key",
        "value",
        "unit",
        "since",
        "standing",
        "note_zh",
        "note_en",
        "source",
    )
    list_filter = ("standing", "key")
    search_fields = ("key", "source", "note_zh", "note_en")


@admin.register(CalendarDay)
class CalendarDayAdmin(LookUp):
    """Holidays and make-up working days."""

    list_display = ("day", "kind", "name_zh", "name_en", "trust", "source")
    list_filter = ("kind",)
    date_hierarchy = "day"


@admin.register(ExchangeRate)
class ExchangeRateAdmin(LookUp):
    """Dated exchange rates."""

    list_display = ("currency", "kind", "since", "rate", "standing", "source")
    list_filter = ("kind", "currency")

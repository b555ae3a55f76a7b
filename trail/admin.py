"""The audit trail, to be read."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from trail.models import Entry, Seal


class ReadOnlyAdmin(admin.ModelAdmin):
    """Nobody adds, edits or deletes here, superusers included; the database refuses it besides."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    """Who did what, when, for whom."""

    list_display = ("at", "action", "actor_label", "on_behalf_of", "object_type", "object_id", "count")
    list_filter = ("actor_kind", "object_type")
    search_fields = ("=object_id", "=actor_id", "=request_id", "action")
    search_help_text = _("Number of the object, of the actor or of the request, or the name of the action")
    date_hierarchy = "at"
    ordering = ("-pk",)
    show_full_result_count = False


@admin.register(Seal)
class SealAdmin(ReadOnlyAdmin):
    """The chain that shows the trail is as it was written (`manage.py verify_trail`)."""

    list_display = ("at", "first_id", "last_id", "count", "digest")
    fields = ("at", "first_id", "last_id", "count", "previous", "digest")
    ordering = ("-last_id",)

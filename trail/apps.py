"""The audit trail: never edited, never deleted."""

from django.apps import AppConfig


class TrailConfig(AppConfig):
    """Registration of the room."""

    name = "trail"
    default_auto_field = "django.db.models.BigAutoField"

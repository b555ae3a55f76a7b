"""Declarations to customs: the CEB messages, matching, import tax, forwarding and customs' replies."""

from django.apps import AppConfig


class CustomsConfig(AppConfig):
    """Registration of the room."""

    name = "customs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the kinds, the gateway, the counters and the inbox reader of this room."""
        from customs import registration

        registration.register()

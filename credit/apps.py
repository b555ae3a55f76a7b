"""Integrity records: facts of agencies, customs' level, the zone's score, publication, objection and repair."""

from django.apps import AppConfig


class CreditConfig(AppConfig):
    """Registration of the room."""

    name = "credit"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register kinds, notices, counters and papers of this room."""
        from credit import registration

        registration.register()

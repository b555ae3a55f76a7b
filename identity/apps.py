"""The identity verification library: checks against the police, who looked at a full number."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    """Registration of the room."""

    name = "identity"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The sentences of this room's notices."""
        from identity import registration

        registration.register()

"""Registration and filing: enterprises, goods, overseas warehouses."""

from django.apps import AppConfig


class FilingConfig(AppConfig):
    """Registration of the room."""

    name = "filing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Each part of the room registers its own services."""
        from filing import registration

        registration.register()

"""Exemption without invoice: a month's lines, its declaration, and the tax authority's comparison."""

from django.apps import AppConfig


class TaxConfig(AppConfig):
    """Registration of the room."""

    name = "tax"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Kind, guide, reader, hooks, counter."""
        from tax import registration

        registration.register()

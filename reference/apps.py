from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReferenceConfig(AppConfig):
    """Code tables, tariff and dated parameters."""

    name = "reference"
    verbose_name = _("Reference data")

    def ready(self) -> None:
        """The driver reads keys our way in every query of every room."""
        from reference import keys

        keys.register()

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReferenceConfig(AppConfig):
    """Code tables, tariff and dated parameters."""

    name = "reference"
    verbose_name = _("Reference data")

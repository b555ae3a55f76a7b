"""The foreign exchange desk: inward payments, payout statements, balance-of-payments declarations, banks."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ForexConfig(AppConfig):
    """Registration of the room."""

    name = "forex"
    verbose_name = _("FX")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register kind, counters, notices, panels and papers of this room."""
        from forex import registration

        registration.register()

"""People, companies, agencies, memberships, mandates, roles and machine clients."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Registration of the room."""

    name = "accounts"
    verbose_name = _("People and companies")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to logins; tell the API's schema how callers are known."""
        from accounts import schema, signals  # noqa: F401

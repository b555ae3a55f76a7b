"""People, companies, agencies, memberships, mandates, roles and machine clients."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Registration of the room."""

    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

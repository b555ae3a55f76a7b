"""The front door; reads what the desks register, owns no table."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Registration of the room."""

    name = "portal"

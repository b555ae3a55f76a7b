"""The front door; reads what the desks register, owns no table."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class PortalConfig(AppConfig):
    """Registration of the room."""

    name = "portal"


class DeskConfig(AdminConfig):
    """Django's admin as the officials' desk."""

    default_site = "portal.admin_site.DeskSite"

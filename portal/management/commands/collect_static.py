"""`manage.py collect_static`: collectstatic, when something changed."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from portal.management.commands.prepare import collect_static


class Command(BaseCommand):
    """Collect static files unless nothing changed since the last time."""

    help = "Collect static files, if any changed."

    def handle(self, *args: Any, **options: Any) -> None:
        """See `prepare`."""
        collect_static()

"""Load the reference data that comes with the portal. Safe to repeat."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from reference.services import load_reference


class Command(BaseCommand):
    """`manage.py load_reference`"""

    help = "Load code tables, parameters and the tariff lines that come with the portal (idempotent)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load and say what changed."""
        for done in load_reference():
            self.stdout.write(
                f"{done.table}: {done.created} created, {done.changed} changed, {done.unchanged} unchanged"
            )

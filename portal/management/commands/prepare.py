"""`manage.py prepare [--demo]`: tables, reference data, static files; with --demo the demonstration's data."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from customs.partitions import create_partitions
from portal import demo


class Command(BaseCommand):
    """Everything between a checkout and a running portal, as often as one likes."""

    help = "Migrate, load reference data, collect static files; with --demo also the demonstration's data."

    def add_arguments(self, parser: CommandParser) -> None:
        """One switch."""
        parser.add_argument("--demo", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """In one process: starting Python five times would cost more than the work."""
        call_command("migrate", verbosity=0)
        create_partitions()
        call_command("load_reference", stdout=sys.stderr)
        call_command("collectstatic", interactive=False, verbosity=0)
        if options["demo"]:
            demo.load()
            self.stdout.write(demo.logins())

"""`manage.py prepare [--demo]`: tables, reference data, static files; with --demo the demonstration's data."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from customs.partitions import create_partitions
from portal import demo


def _fingerprint() -> str:
    """Digest over name, size and time of every static file there is to collect."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in sorted(finder.list([]), key=lambda found: found[0]):
            stat = Path(storage.path(name)).stat()
            digest.update(f"{name} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def collect_static() -> None:
    """Collect when something changed: hashing and compressing everything takes longer than a whole start."""
    stamp = Path(settings.STATIC_ROOT) / "collected"
    now = _fingerprint()
    if stamp.exists() and stamp.read_text() == now:
        return
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=["redoc"])
    stamp.write_text(now)


class Command(BaseCommand):
    """Everything between a checkout and a running portal, as often as one likes."""

    help = "Migrate, load reference data, collect static files; with --demo also the demonstration's data."

    def add_arguments(self, parser: CommandParser) -> None:
        """One switch."""
        parser.add_argument("--demo", action="store_true", help="people, companies, machine clients, files")
        parser.add_argument("--story", action="store_true", help="with --demo: most of the story's messages")

    def handle(self, *args: Any, **options: Any) -> None:
        """In one process: starting Python five times would cost more than the work."""
        call_command("migrate", verbosity=0)
        create_partitions()
        call_command("load_reference", stdout=sys.stderr)
        collect_static()
        if options["demo"]:
            demo.load()
            if options["story"]:
                demo.hand_in_story()
            call_command("demo_files", verbosity=0)
            self.stdout.write(demo.logins())

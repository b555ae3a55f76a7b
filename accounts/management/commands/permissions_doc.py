"""Write `docs/permissions.md`, or say that it is out of date."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.permissions_page import page


class Command(BaseCommand):
    """`manage.py permissions_doc [--check] [--output FILE]`."""

    help = "Generate docs/permissions.md from accounts/permissions.py; with --check only compare."

    def add_arguments(self, parser: CommandParser) -> None:
        """Compare only; another place."""
        parser.add_argument("--check", action="store_true", help="only say whether it is up to date")
        parser.add_argument("--output", type=Path, default=settings.BASE_DIR / "docs" / "permissions.md")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write or compare."""
        output: Path = options["output"]
        fresh = page()
        if not options["check"]:
            output.write_text(fresh, encoding="utf-8")
        elif not output.is_file() or output.read_text(encoding="utf-8") != fresh:
            raise CommandError(f"{output.name} is out of date: run `manage.py permissions_doc`.")

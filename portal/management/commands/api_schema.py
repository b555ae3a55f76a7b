"""`manage.py api_schema [--check]`: the OpenAPI document, warnings fatal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

TARGET = Path(settings.BASE_DIR) / "docs" / "openapi" / "v1.yaml"


class Command(BaseCommand):
    """Write the schema, or compare it with the one committed."""

    help = "Write docs/openapi/v1.yaml, or with --check fail when it differs from the code."

    def add_arguments(self, parser: CommandParser) -> None:
        """One switch."""
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """In English, whatever the site's language."""
        file = TARGET.with_suffix(".new") if options["check"] else TARGET
        TARGET.parent.mkdir(parents=True, exist_ok=True)
        with translation.override("en"):
            call_command("spectacular", file=str(file), validate=True, fail_on_warn=True)
        if not options["check"]:
            return
        same = TARGET.exists() and TARGET.read_text() == file.read_text()
        file.unlink()
        if not same:
            raise CommandError("docs/openapi/v1.yaml differs from the code: run `manage.py api_schema`")

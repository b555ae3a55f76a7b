"""Load a full tariff table. Every fault is listed by line; one fault and nothing is loaded."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reference import selectors
from reference.services import load_tariff
from reference.tariff_file import read_tariff


class Command(BaseCommand):
    """`manage.py load_tariff FILE.csv [--dry-run]`"""

    help = "Load a tariff table from a CSV file; see docs/reference-data.md for its columns."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """File and --dry-run."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="check the file, load nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check all lines, then load all or none."""
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"{path}: no such file")
        units = selectors.code_sets().get("unit")
        if not units:
            raise CommandError("The unit codes are not loaded: run load_reference first.")
        rows, problems = read_tariff(path, units)
        for problem in problems:
            self.stderr.write(f"{path}{problem.path}: {problem.text}")
        if problems:
            raise CommandError(f"{len(problems)} faults in {len(rows)} lines: nothing was loaded.")
        if options["dry_run"]:
            self.stdout.write(f"{len(rows)} lines without fault; nothing was loaded (--dry-run).")
            return
        done = load_tariff(rows)
        self.stdout.write(f"{done.created} created, {done.changed} changed, {done.unchanged} unchanged")

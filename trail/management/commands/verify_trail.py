"""Say whether the audit trail is as it was written, and if not, which row is the first that is not."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from trail.models import Entry
from trail.seals import verify


class Command(BaseCommand):
    """`manage.py verify_trail [--head DIGEST]`; exit status 1 and the first fault if there is one."""

    help = "Check the hash chain over the audit trail; names the first changed row."

    def add_arguments(self, parser: CommandParser) -> None:
        """A digest kept elsewhere."""
        parser.add_argument("--head", default="", help="a digest from the logs that must be in the chain")

    def handle(self, *args: Any, **options: Any) -> None:
        """Walk the chain."""
        verdict = verify(head=options["head"])
        if verdict.finding:
            where = f"row {verdict.finding.entry_id}" if verdict.finding.entry_id else "no single row"
            seal = f"seal {verdict.finding.seal_id}" if verdict.finding.seal_id else "the chain"
            raise CommandError(f"{where} ({seal}): {verdict.finding.fault}")
        waiting = Entry.objects.count() - verdict.rows
        self.stdout.write(
            f"{verdict.rows} rows under {verdict.seals} seals are as they were written; "
            f"{waiting} not sealed yet.\nHead: {verdict.head}"
        )

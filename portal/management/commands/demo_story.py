"""`manage.py demo_story`: the exporter's autumn on a running portal, each figure beside the story's."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.demo_steps import NoAnswer
from portal.demo_story import play


class Command(BaseCommand):
    """Play the story; what was played already stays."""

    help = "Play the exporter's autumn on a running portal; fails when a figure is not the story's."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print each step as it comes out."""
        wrong = 0
        try:
            for told in play():
                wrong += not told.agrees
                mark = "ok  " if told.agrees else "FAIL"
                beside = "" if told.agrees else f" (the story says {told.expected})"
                self.stdout.write(f"{mark} {told.step}: {told.found}{beside}")
        except NoAnswer as error:
            raise CommandError(str(error)) from error
        if wrong:
            raise CommandError(f"{wrong} figures are not the story's")

"""`manage.py demo_files [FOLDER]`: the story's messages as files, to be handed in by hand."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from customs.demo import export
from customs.demo.story import story_correction, story_set
from customs.demo.wire import SENDERS
from portal import demo

ORDERS = ("O01", "O02", "O10")
CORRECTED = "O10"
GUIDE = Path(demo.__file__).with_name("demo_files.md")
NAMES: Mapping[str, str] = {
    "CEB311": "order",
    "CEB411": "payment",
    "CEB511": "waybill",
    "CEB621": "list",
    "CEB303": "order",
    "CEB505": "waybill",
    "CEB603": "list",
    "CEB507": "arrival",
    "CEB607": "manifest",
    "CEB509": "departure",
}


def file_name(type_: str) -> str:
    """`a-CEB311-order.xml`: the first letter is the company whose login hands it in."""
    sender = {**SENDERS, **export.SENDERS}[type_]
    return f"{sender.lower()}-{type_}-{NAMES[type_]}.xml"


def demo_files() -> dict[str, bytes]:
    """Path below the folder → content. The same every time, so that a second hand-in is a repeat."""
    sets: dict[str, Mapping[str, bytes]] = {key: story_set(key) for key in ORDERS}
    sets[f"{CORRECTED}-corrected"] = story_correction(CORRECTED)
    sets |= export.by_hand()
    found = {
        f"{folder}/{file_name(type_)}": message
        for folder, messages in sets.items()
        for type_, message in messages.items()
    }
    return {"README.md": GUIDE.read_bytes()} | found


def write_files(folder: Path) -> None:
    """Bring the folder up to date; files of one's own in it stay."""
    for name, content in demo_files().items():
        file = folder / name
        if not file.exists() or file.read_bytes() != content:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)


class Command(BaseCommand):
    """Import: O01 and O02 are released, O10 is returned and declared again. Export: E21 is closed, E22 corrected."""

    help = "Write the demonstration's customs messages into a folder (var/demo)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to."""
        parser.add_argument("folder", nargs="?", type=Path, default=Path(settings.VAR_DIR("demo")))

    def handle(self, *args: Any, **options: Any) -> None:
        """Write, and say where."""
        write_files(options["folder"])
        if options["verbosity"]:
            self.stdout.write(str(options["folder"]))

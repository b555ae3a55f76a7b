"""Sentences to translate: collect them (`make messages`), or check that none is missing (`--check`)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import polib

from local import env
from local.paths import BASE

LANGUAGE = "zh_Hans"
PO = BASE / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"
IGNORED = [".venv", "node_modules", "var", "tests", "static", "agencies", "bench", "docs", "local"]


def collect() -> None:
    """Let Django gather every marked sentence into the PO file."""
    command = [sys.executable, "manage.py", "makemessages", "-l", LANGUAGE, "--no-wrap", "--no-location"]
    command += ["--no-obsolete", *(f"--ignore={folder}/*" for folder in IGNORED)]
    subprocess.run(
        command, cwd=BASE, env=env.load() | dict(os.environ), check=True, stdout=subprocess.DEVNULL
    )
    drop_date()


def drop_date() -> None:
    """The creation date would change the file at every run."""
    po = polib.pofile(str(PO), wrapwidth=0)
    po.metadata.pop("POT-Creation-Date", None)
    po.save()


def missing(path: Path = PO) -> list[str]:
    """Sentences without a finished translation."""
    po = polib.pofile(str(path))
    unfinished = [*po.untranslated_entries(), *po.fuzzy_entries()]
    return [entry.msgid for entry in unfinished]


def check() -> int:
    """1 when a sentence of the code is not in the file or not translated; the file is left as it was."""
    before = PO.read_bytes()
    known = {entry.msgid for entry in polib.pofile(str(PO)) if not entry.obsolete}
    try:
        collect()
        now = {entry.msgid for entry in polib.pofile(str(PO)) if not entry.obsolete}
        lacking = missing()
    finally:
        PO.write_bytes(before)
    for sentence in sorted(now - known):
        print(f"not collected: {sentence!r} (run `make messages`)")
    for sentence in lacking:
        print(f"not translated: {sentence!r}")
    return 1 if now - known or lacking else 0


if __name__ == "__main__":
    if "--check" in sys.argv:
        raise SystemExit(check())
    collect()
    print(f"{len(missing())} sentences to translate in {PO}")

"""Compile `locale/*/LC_MESSAGES/django.po` without GNU gettext, which a fresh machine lacks."""

from __future__ import annotations

import os

import polib

from local.paths import BASE


def compile_all() -> None:
    """Write each `.mo` that is missing or older than its `.po`."""
    for po in (BASE / "locale").glob("*/LC_MESSAGES/*.po"):
        mo = po.with_suffix(".mo")
        if not mo.exists() or mo.stat().st_mtime < po.stat().st_mtime:
            half = mo.with_suffix(f".{os.getpid()}")
            polib.pofile(str(po)).save_as_mofile(str(half))
            half.replace(mo)


if __name__ == "__main__":
    compile_all()

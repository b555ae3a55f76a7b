"""`make check`: every static check; all are run, all failures are told."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from local import assets, env, services, system, translations
from local.paths import BASE
from local.processes import interruptible

BIN = Path(sys.executable).parent

CHECKS = {
    "ruff": [str(BIN / "ruff"), "check", "."],
    "format": [str(BIN / "ruff"), "format", "--check", "."],
    "types": [str(BIN / "mypy"), "."],
    "imports": [str(BIN / "lint-imports")],
    "templates": [str(BIN / "djlint"), "templates", "--lint", "--quiet"],
    "django": [sys.executable, "manage.py", "check", "--fail-level", "WARNING"],
    "migrations": [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"],
    "permissions": [sys.executable, "manage.py", "permissions_doc", "--check"],
    "api schema": [sys.executable, "manage.py", "api_schema", "--check"],
    "translations": [sys.executable, "-m", "local.messages", "--check"],
}


def run() -> list[str]:
    """Run all; the names of those that failed."""
    environment = env.load() | dict(os.environ)
    failed = []
    for name, command in CHECKS.items():
        begun = time.monotonic()
        done = subprocess.run(command, cwd=BASE, env=environment, capture_output=True, text=True, check=False)
        print(f"{'ok  ' if done.returncode == 0 else 'FAIL'} {name} {time.monotonic() - begun:.1f} s")
        if done.returncode:
            failed.append(name)
            print(done.stdout + done.stderr, flush=True)
    return failed


def main() -> None:
    """Set up, run all, end with 1 when anything failed."""
    try:
        with interruptible():
            system.ensure("pdf", "translation")
            assets.build()
            translations.compile_all()
            with services.used():
                failed = run()
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    if failed:
        raise SystemExit(f"make check: {', '.join(failed)} failed")


if __name__ == "__main__":
    main()

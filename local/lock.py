"""Resolve dependencies into the two lock files: hashes, no index addresses, every platform."""

from __future__ import annotations

import subprocess
import sys

from local.paths import BASE

FILES = {"requirements.lock": ["local"], "requirements-dev.lock": ["local", "dev"]}


def main() -> None:
    """Write both files with uv, which need not be installed: pip brings it."""
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "uv"], check=True)
    for name, extras in FILES.items():
        command = [sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", "-q", "-o", name]
        command += ["--generate-hashes", "--no-emit-index-url", "--no-header", "--universal"]
        command += ["--python-version", "3.11", "--upgrade"]
        command += [word for extra in extras for word in ("--extra", extra)]
        subprocess.run(command, cwd=BASE, check=True)


if __name__ == "__main__":
    main()

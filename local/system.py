"""What must be on the machine and no wheel brings: installed through apt as root, else the command is printed."""

from __future__ import annotations

import ctypes.util
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass

from local.paths import is_root

SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True, slots=True)
class Need:
    """A Debian package and how to see that it is there."""

    package: str
    library: str = ""
    program: str = ""

    def met(self) -> bool:
        """Whether the library or the program is found."""
        if self.library:
            return ctypes.util.find_library(self.library) is not None
        return shutil.which(self.program) is not None


NEEDS = {
    "pdf": [
        Need("libpango-1.0-0", library="pango-1.0"),
        Need("libpangoft2-1.0-0", library="pangoft2-1.0"),
        Need("libharfbuzz0b", library="harfbuzz"),
        # Without it WeasyPrint subsets fonts in Python, which is slower.
        Need("libharfbuzz-subset0", library="harfbuzz-subset"),
    ],
    "browser": [Need("chromium", program="chromium")],
    "translation": [Need("gettext", program="xgettext")],
}


def _apt(command: list[str]) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "PATH": SYSTEM_PATH}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def ensure(*purposes: str) -> None:
    """Install what is missing for these purposes, or print the exact command and stop."""
    missing = sorted({n.package for p in purposes for n in NEEDS[p] if not n.met()})
    if not missing:
        return
    install = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
    if shutil.which("apt-get", path=SYSTEM_PATH) is None:
        raise SystemExit(
            f"Missing on this machine, and it has no apt: {', '.join(missing)} (Debian's names)."
        )
    if not is_root():
        typed = f"sudo apt-get update && sudo {' '.join(install)}"
        raise SystemExit(f"Missing on this machine: {', '.join(missing)}. Run:\n  {typed}")
    print("Installing", ", ".join(missing), flush=True)
    told = ""
    # A failed update may be one foreign source's; whether it matters the installation shows.
    for command in (["apt-get", "update", "-qq"], [*install, "-qq", "-o", "DPkg::Lock::Timeout=300"]):
        done = _apt(command)
        told += done.stdout + done.stderr
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{told}")


if __name__ == "__main__":
    ensure(*(sys.argv[1:] or NEEDS))

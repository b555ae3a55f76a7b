"""Where things live on this machine."""

from __future__ import annotations

import hashlib
import os
import pwd
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("PORTAL_VAR", BASE / "var"))

# PostgreSQL refuses to run as root; nobody owns nothing else here.
UNPRIVILEGED = "nobody"


def is_root() -> bool:
    """Whether this process may install packages and must not run PostgreSQL as itself."""
    return os.geteuid() == 0


def unprivileged_ids() -> tuple[int, int]:
    """User and group number of the account that runs PostgreSQL when we are root."""
    entry = pwd.getpwnam(UNPRIVILEGED)
    return entry.pw_uid, entry.pw_gid


def open_to_all(path: Path) -> bool:
    """Whether another account can walk down to `path` (a home folder is often closed)."""
    return all(p.stat().st_mode & 0o001 for p in [path, *path.parents] if p.exists())


def server_root() -> Path:
    """Folder for what a server running as another account must reach.

    Under `var/`, or, for root in a closed home, under `/var/tmp` in a folder named after the checkout so that
    two checkouts never share one.
    """
    if not is_root() or open_to_all(BASE):
        return VAR
    digest = hashlib.sha256(str(VAR).encode()).hexdigest()[:12]
    return Path("/var/tmp") / f"single-window-{digest}"  # noqa: S108 - outside the closed home, on purpose

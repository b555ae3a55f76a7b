from __future__ import annotations

import subprocess

import pytest

from local import system


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """A machine with apt and without everything else; what apt is told to do."""
    asked: list[list[str]] = []

    def apt(command: list[str]) -> subprocess.CompletedProcess[str]:
        asked.append(command)
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(system.Need, "met", lambda need: False)
    monkeypatch.setattr(system, "_apt", apt)
    monkeypatch.setattr(system, "is_root", lambda: True)
    monkeypatch.setattr("shutil.which", lambda name, path=None: f"/usr/bin/{name}")
    return asked


def _fails(command: list[str], word: str) -> subprocess.CompletedProcess[str]:
    return subprocess.CompletedProcess(command, 100 * (word in command), "", f"no {word}")


def test_root_gets_what_is_missing(bare: list[list[str]]) -> None:
    system.ensure("pdf")
    assert bare[0][:2] == ["apt-get", "update"]
    assert "libpango-1.0-0" in bare[1]
    assert "chromium" not in bare[1]


def test_others_get_the_exact_command(bare: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "is_root", lambda: False)
    with pytest.raises(SystemExit) as told:
        system.ensure("browser")
    assert "sudo apt-get install -y --no-install-recommends chromium" in str(told.value)
    assert bare == []


def test_without_apt_the_packages_are_named(bare: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name, path=None: None)
    with pytest.raises(SystemExit, match="no apt: chromium"):
        system.ensure("browser")


def test_one_broken_source_does_not_matter(bare: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "_apt", lambda command: _fails(command, "update"))
    system.ensure("browser")


def test_a_failed_installation_is_told_whole(bare: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "_apt", lambda command: _fails(command, "install"))
    with pytest.raises(SystemExit, match="no install"):
        system.ensure("browser")


def test_nothing_is_done_when_all_is_there(bare: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system.Need, "met", lambda need: True)
    system.ensure("pdf", "browser", "translation")
    assert bare == []

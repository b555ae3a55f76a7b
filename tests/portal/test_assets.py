"""Assets come from the lock file and hold exactly what pages ask for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from local import assets
from portal import meanings

BASE = Path(__file__).resolve().parents[2]
PAGES = sorted((BASE / "templates").rglob("*.html"))
needs_packages = pytest.mark.skipif(not assets.MODULES.is_dir(), reason="npm has not run in this checkout")


def test_icons_of_templates_and_of_code_are_found() -> None:
    names = assets.icon_names()
    assert {"copy", "upload"} <= set(names)
    assert {meanings.GOOD.icon, meanings.REFUSED.icon} <= set(names)


@needs_packages
def test_the_sprite_holds_every_icon_and_no_style_of_its_own() -> None:
    names = assets.icon_names()
    svg = assets.sprite(names)
    assert re.findall(r'<symbol id="([^"]+)"', svg) == names
    assert "style" not in svg
    assert "<script" not in svg


@needs_packages
def test_an_icon_that_does_not_exist_stops_the_build() -> None:
    with pytest.raises(FileNotFoundError):
        assets.sprite(["no-such-icon"])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(BASE)))
def test_no_page_needs_an_inline_script_or_style(page: Path) -> None:
    """The content security policy would silently drop them. Papers are PDFs, made on the server."""
    html = page.read_text()
    assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>", html)
    assert not re.search(r"\bon(click|change|submit|load|input)=", html)
    assert "javascript:" not in html
    if "papers" not in page.parts:
        assert not re.search(r"<style\b|\sstyle=", html)
    assert not re.search(r"""(src|href)=["']https?://""", html), "nothing comes from elsewhere"


@pytest.mark.parametrize(
    "name", re.findall(r"\{% static '([^']+)' %\}", "".join(p.read_text() for p in PAGES))
)
def test_every_static_file_named_exists(name: str) -> None:
    if name.startswith("vendor/") and not assets.MODULES.is_dir():
        pytest.skip("npm has not run in this checkout")
    if name.startswith("vendor/"):
        assets.copy()
    assert finders.find(name)


def test_npm_runs_again_only_when_the_lock_file_changed(tmp_path, monkeypatch) -> None:
    ran = []
    monkeypatch.setattr(assets, "STAMP", tmp_path / "stamp")
    monkeypatch.setattr(assets, "MODULES", tmp_path)
    monkeypatch.setattr(assets.subprocess, "run", lambda command, **_: ran.append(command))
    monkeypatch.setattr(assets, "npm_command", lambda: (["npm"], {}))
    assert assets.install()
    assert not assets.install()
    monkeypatch.setattr(assets, "lock_digest", lambda: "another")
    assert assets.install()
    assert len(ran) == 2
    assert "--ignore-scripts" in ran[0]


def test_an_old_node_of_the_machine_is_passed_over(monkeypatch) -> None:
    monkeypatch.setattr(assets.shutil, "which", lambda name: f"/usr/bin/{name}")

    class Old:
        stdout = "v16.20.0"

    monkeypatch.setattr(assets.subprocess, "run", lambda *_, **__: Old)
    assert assets.system_npm() is None
    Old.stdout = "v20.1.0"
    assert assets.system_npm() == Path("/usr/bin/npm")

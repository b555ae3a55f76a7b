"""The messages one hands in by hand are taken as they are, and the same every time."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command

from customs.ceb import check, read
from customs.claims import Claim, main_claim
from portal.management.commands.demo_files import GUIDE, ORDERS, demo_files


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    call_command("demo_files", str(tmp_path), verbosity=0)
    return tmp_path


def test_each_order_has_its_messages_and_two_have_a_correction(folder: Path) -> None:
    found = {path.name: len(list(path.glob("*.xml"))) for path in folder.iterdir() if path.is_dir()}
    exports = {"E21": 6, "E22": 3, "E22-corrected": 4}
    assert found == {**dict.fromkeys(ORDERS, 4), "O10-corrected": 2, **exports}


def test_every_message_passes_the_check_with_the_business_rules(folder: Path) -> None:
    reports = {path: check(path.read_bytes(), business=True) for path in folder.glob("*/*.xml")}
    assert reports
    assert [path.name for path, report in reports.items() if not report.accepted] == []


def test_a_second_writing_changes_nothing_and_leaves_files_of_ones_own(folder: Path) -> None:
    times = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
    (folder / "mine.xml").write_text("mine")
    call_command("demo_files", str(folder), verbosity=0)
    assert {path: path.stat().st_mtime_ns for path in times} == times
    assert (folder / "mine.xml").read_text() == "mine"


def test_the_guide_names_every_folder_and_login() -> None:
    text = GUIDE.read_text()
    folders = {name.split("/")[0] for name in demo_files()} - {"README.md"}
    logins = {f"{name.split('/')[1][0]}@demo.example" for name in demo_files() if "/" in name}
    assert [word for word in sorted(folders | logins) if f"`{word}`" not in text] == []


def test_no_two_of_them_claim_the_same_number() -> None:
    """A correction takes over the number of what it corrects; anything else would be refused as taken."""
    seen: dict[Claim, str] = {}
    for name, content in demo_files().items():
        if not name.endswith(".xml") or (
            "-corrected/" in name and any(t in name for t in ("CEB411", "621", "603"))
        ):
            continue
        message = read(content)
        for document in message.documents:
            claim = main_claim(message.type, document)
            assert seen.setdefault(claim, name) == name, claim

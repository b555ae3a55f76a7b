"""The documents lead somewhere, and the two READMEs say the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import BASE

LINK = re.compile(r"!?\[[^\]]*\]\((?!https?:)([^)\s]+)\)|<img src=\"([^\"]+)\"")
READMES = ("README.md", "README.zh-CN.md")
PAGES = sorted([*(BASE / name for name in READMES), *(BASE / "docs").rglob("*.md")])


def anchors(page: Path) -> set[str]:
    """Of each heading, as the usual readers of Markdown make them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(BASE)))
def test_every_link_leads_somewhere(page: Path) -> None:
    dead = []
    for found in LINK.finditer(page.read_text()):
        target, _, anchor = (found[1] or found[2]).partition("#")
        file = (page.parent / target).resolve() if target else page
        if not file.exists() or (anchor and anchor not in anchors(file)):
            dead.append(found[0])
    assert dead == []


def facts(name: str) -> dict[str, list[str]]:
    """What must be equal in both languages: commands, code words of the tables, pictures, headings' number."""
    text = (BASE / name).read_text()
    blocks = "\n".join(re.findall(r"```sh\n(.*?)```", text, re.S))
    return {
        "commands": [re.sub(r"\s*#.*", "", line) for line in blocks.splitlines() if line[:1] != "#"],
        "pictures": re.findall(r"docs/pictures/([\w-]+)", text),
        "rows": re.findall(r"^\| *(`[^|]+`) *\|", text.replace("、", ", "), re.M),
        "headings": re.findall(r"^(#+) ", text, re.M),
    }


def test_both_readmes_have_the_same_commands_pictures_and_tables() -> None:
    assert facts(READMES[0]) == facts(READMES[1])


def test_pictures_are_small_and_all_are_shown() -> None:
    shown = {found[1] or found[2] for name in READMES for found in LINK.finditer((BASE / name).read_text())}
    pictures = sorted((BASE / "docs" / "pictures").glob("*.png"))
    assert pictures
    assert [p.name for p in pictures if f"docs/pictures/{p.name}" not in shown] == []
    assert [p.name for p in pictures if p.stat().st_size > 250_000] == []

"""axe finds nothing serious on any page, in both languages; a phone needs no sideways scrolling."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.conftest import BASE

pytestmark = pytest.mark.browser
AXE = BASE / "node_modules" / "axe-core" / "axe.min.js"
PUBLIC = (
    "/",
    "/accounts/login/",
    "/progress/",
    "/verify/",
    "/services/import-declaration/",
    "/help/",
    "/try/",
    "/nowhere/",
)
MINE = (
    "/workbench/",
    "/submissions/",
    "/customs/upload/",
    "/customs/lists/",
    "/customs/one-list/import/",
    "/notices/",
    "/overview/",
    "/accounts/2fa/",
)
GOODS = ("/filing/goods/", "/filing/goods/upload/", "/filing/goods/new/")
OFFICIAL = ("/admin/", "/admin/board/", "/admin/queue/")


def findings(page: Page, path: str) -> list[str]:
    """Serious and critical findings of one page. Evaluated, not injected: the page's CSP stays in force."""
    page.goto(path)
    page.evaluate(Path(AXE).read_text())
    result = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{path} {finding['id']}: {finding['nodes'][0]['html'][:160]}"
        for finding in result["violations"]
        if finding["impact"] in {"serious", "critical"}
    ]


@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize(
    ("email", "paths"),
    [("", PUBLIC), ("g@demo.example", (*MINE, *GOODS)), ("officer@customs.example", OFFICIAL)],
    ids=["public", "company", "official"],
)
def test_no_serious_finding(
    visit: Callable[..., Page], email: str, paths: tuple[str, ...], language: str
) -> None:
    page = visit(email, language=language)
    assert [finding for path in paths for finding in findings(page, path)] == []


def test_a_phone_needs_no_sideways_scrolling(visit: Callable[..., Page]) -> None:
    page = visit("g@demo.example", width=390)
    wide = []
    for path in (*PUBLIC, *MINE, *GOODS):
        page.goto(path)
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"):
            wide.append(path)
    assert wide == []


def test_a_chart_is_drawn_and_read_by_the_arrow_keys(visit: Callable[..., Page]) -> None:
    page = visit("officer@customs.example")
    page.goto("/admin/board/")
    chart = page.locator("[data-chart][data-drawn]").first
    chart.wait_for()
    chart.focus()
    page.keyboard.press("End")
    said = page.locator("#announcer").text_content()
    assert said is not None
    assert "came" in said

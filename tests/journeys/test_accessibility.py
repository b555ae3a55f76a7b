"""axe finds nothing serious on any page, in both languages; a phone needs no sideways scrolling."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.journeys.axe import findings, is_too_wide

pytestmark = pytest.mark.browser
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
        if is_too_wide(page):
            wide.append(path)
    assert wide == []


def test_filters_fold_on_a_phone_alone(visit: Callable[..., Page]) -> None:
    page = visit("g@demo.example", width=375)
    page.goto("/submissions/")
    assert not page.locator("#filters").is_visible()
    page.locator("[aria-controls=filters]").click()
    assert page.locator("#filters").is_visible()
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto("/submissions/")
    assert page.locator("#filters").is_visible()
    assert not page.locator("[aria-controls=filters]").is_visible()


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

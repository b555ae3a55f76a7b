"""Goods by Excel in Debian's Chromium: three faults, the commented workbook, the mended file, the same again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]


def download(page: Page, selector: str, to: Path) -> Path:
    """What a link gives."""
    with page.expect_download() as downloading:
        page.locator(selector).first.click()
    downloading.value.save_as(to)
    return to


def hand_in(page: Page, file: Path) -> None:
    page.goto("/filing/goods/upload/")
    page.locator("input[type=file]").set_input_files(str(file))
    page.get_by_role("button", name="Hand in").click()
    expect(page.locator("#goods-counts")).to_be_visible()


def test_sixty_rows_three_wrong_mended_and_the_same_again(visit: Visit, tmp_path: Path) -> None:
    page = visit("e@demo.example")
    page.goto("/filing/goods/upload/")
    sample = download(page, "a[href$='sample.xlsx']", tmp_path / "goods.xlsx")
    hand_in(page, sample)
    expect(page.locator("#goods-counts")).to_contain_text("57 rows accepted")
    expect(page.locator("table.problems tbody tr")).to_have_count(3)
    commented = download(page, "#commented", tmp_path / "commented.xlsx")
    book = load_workbook(commented)
    sheet = book.worksheets[0]
    assert [sheet[cell].comment is not None for cell in ("F13", "D27", "A42", "A2")] == [
        True,
        True,
        True,
        False,
    ]
    # The sender mends the file that came back, comments and all.
    sheet["F13"], sheet["D27"], sheet["A42"] = "015", sheet["D26"].value, "EX01-OWN"
    sheet["F13"].number_format = "@"
    mended = tmp_path / "mended.xlsx"
    book.save(mended)
    hand_in(page, mended)
    expect(page.locator("#goods-counts")).to_contain_text("3 rows accepted")
    expect(page.locator("#goods-counts")).to_contain_text("57 unchanged")
    hand_in(page, mended)
    expect(page.locator("main")).to_contain_text("Nothing new")
    page.goto("/filing/goods/?q=EX01-OWN")
    expect(page.locator("table tbody tr")).to_have_count(1)

"""Papers as a person handles them: downloaded, read, and verified by their code on the public page."""

from __future__ import annotations

import io
import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader

CODE = re.compile(r"\b(?:[2-9A-HJ-NP-Z]{4}-){3}[2-9A-HJ-NP-Z]{4}\b")


def downloaded(page: Page, link: Locator) -> bytes:
    """What a link gives, as a download and never as a page."""
    link.evaluate("a => a.setAttribute('download', '')")
    with page.expect_download() as downloading:
        link.click()
    return Path(downloading.value.path()).read_bytes()


def text_of(pdf: bytes) -> str:
    """All its words."""
    return "\n".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(pdf)).pages)


def verified(stranger: Page, pdf: bytes) -> str:
    """The words of a paper whose code a stranger finds genuine without login."""
    text = text_of(pdf)
    code = CODE.search(text)
    assert code, text
    stranger.goto(f"/verify/{code.group()}/")
    expect(stranger.locator("main")).to_contain_text("Genuine.")
    return text


def look_again(page: Page, wanted: Locator) -> None:
    """Until it is there, on a page that does not renew itself."""
    for _again in range(120):
        if wanted.count():
            return
        page.wait_for_timeout(500)
        page.reload()
    raise AssertionError(page.locator("main").inner_text())

"""One running portal and one browser for all journeys of a session."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from portal.demo import PASSWORD
from tests.running import Running, running

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
PATIENCE_MS = 60_000
ASKED_FOR = ("404", "422")


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Web, worker, beat and agencies on free ports, with the demonstration's people."""
    folder: Path = tmp_path_factory.mktemp("portal")
    with running(folder, name="journeys", broker=9) as found:
        yield found


# Not longer: while it runs, its event loop keeps Django from the database in the same process.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()


@pytest.fixture
def visit(portal: Running, browser: Browser) -> Iterator[Callable[..., Page]]:
    """`visit("g@demo.example")`: a fresh window of that person; a console error fails the test."""
    contexts = []
    errors: list[str] = []

    def note(message: ConsoleMessage) -> None:
        # Pages that are not there and warnings to be confirmed are asked for; CSP violations above all are faults.
        if message.type == "error" and not any(code in message.text for code in ASKED_FOR):
            errors.append(message.text)

    def open_window(email: str = "", *, language: str = "en", width: int = 1280) -> Page:
        context = browser.new_context(
            base_url=portal.url,
            locale=language,
            viewport={"width": width, "height": 900},
            accept_downloads=True,
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda e: errors.append(str(e)))
        if email:
            page.goto("/accounts/login/")
            page.locator("input[name=login]").fill(email)
            page.locator("input[name=password]").fill(PASSWORD)
            page.locator("form button[type=submit]").last.click()
            page.wait_for_url(re.compile(r"/(workbench|admin)/"))
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert errors == []

"""What axe finds on a page, and whether a phone would have to scroll sideways."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

from tests.conftest import BASE

AXE = BASE / "node_modules" / "axe-core" / "axe.min.js"


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


def is_too_wide(page: Page) -> bool:
    """Whether the page that is open reaches beyond the window."""
    return bool(
        page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1")
    )

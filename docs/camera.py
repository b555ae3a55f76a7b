"""Pictures of a running portal: taken in every language, in few colours, none larger than a page may be."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

from portal.demo import PASSWORD
from tests.running import Running

FOLDER = Path(__file__).resolve().parent / "pictures"
WIDTH, HEIGHT, LONGEST = 1280, 800, 1700
COLOURS, LARGEST = 96, 150_000
LANGUAGES = {"zh": "zh-hans", "en": "en"}  # the last one stays: steps find their buttons by English words


def save(name: str, image: bytes) -> None:
    """Few colours are enough for a page and make a quarter of the size."""
    picture = Image.open(io.BytesIO(image)).convert("RGB")
    target = FOLDER / f"{name}.png"
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(target, optimize=True)
    size = target.stat().st_size
    if size > LARGEST:
        raise SystemExit(f"{target.name} has {size} bytes, more than {LARGEST}.")
    print(f"{target.name}: {picture.width} × {picture.height}, {size // 1000} kB")


def first_page(name: str, pdf: bytes, folder: Path) -> None:
    """Picture of a paper's first page, where pdftoppm is at hand."""
    if not shutil.which("pdftoppm"):
        print(f"{name}.png: skipped, pdftoppm (poppler-utils) is not on this machine")
        return
    file = folder / f"{name}.pdf"
    file.write_bytes(pdf)
    command = ["pdftoppm", "-png", "-r", "90", "-f", "1", "-l", "1", str(file)]
    save(name, subprocess.run(command, capture_output=True, check=True).stdout)


@dataclass
class Camera:
    """A running portal seen through one browser."""

    portal: Running
    browser: Browser

    def window(self, email: str = "") -> Page:
        """A fresh window, of that person when named; its buttons are in English."""
        size = {"width": WIDTH, "height": HEIGHT}
        context = self.browser.new_context(base_url=self.portal.url, locale="en", viewport=size)  # type: ignore[arg-type]
        context.set_default_timeout(90_000)
        page = context.new_page()
        if email:
            page.goto("/accounts/login/")
            page.locator("input[name=login]").fill(email)
            page.locator("input[name=password]").fill(PASSWORD)
            page.locator("form button[type=submit]").last.click()
            page.wait_for_url(re.compile("/(workbench|admin)/"))
        return page

    def take(
        self, page: Page, name: str, *, part: str = "", unfold: str = "", longest: int = LONGEST
    ) -> None:
        """The page as it stands, or the part a selector finds, in every language; `unfold` is opened first."""
        for short, code in LANGUAGES.items():
            page.context.add_cookies([{"name": "django_language", "value": code, "url": self.portal.url}])
            page.reload(wait_until="load")
            if unfold:
                page.locator(f"{unfold} > summary").click()
            if part:
                image = page.locator(part).first.screenshot(animations="disabled")
            else:
                height = min(int(page.evaluate("document.documentElement.scrollHeight")), longest)
                clip = {"x": 0, "y": 0, "width": WIDTH, "height": height}
                image = page.screenshot(full_page=True, clip=clip, animations="disabled")  # type: ignore[arg-type]
            save(f"{name}.{short}", image)

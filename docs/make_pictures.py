"""The pictures of the README, in both languages: `.venv/bin/python docs/make_pictures.py` (after `make services`;
`import` or `autumn` behind it takes only these).

Starts a portal of its own, hands the story's O01 and O10 in, plays the exporter's autumn, and takes what a person
sees. A page that changed looks right again after the next run; nothing is touched up by hand.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(BASE))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

import django  # noqa: E402

django.setup()

from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402

from customs.demo.story import story_message, story_sale, story_set  # noqa: E402
from customs.demo.wire import SENDERS  # noqa: E402
from docs.camera import FOLDER, Camera, first_page  # noqa: E402
from docs.picture_autumn import autumn_pictures  # noqa: E402
from local import assets, fonts, services, translations  # noqa: E402
from tests.journeys import papers  # noqa: E402
from tests.journeys.erp import Erp, eventually  # noqa: E402
from tests.running import running  # noqa: E402

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
BROKER = 7


def upload(page: Page, folder: Path, files: dict[str, bytes]) -> None:
    """Hand the files in at the upload page; ends on the page with their numbers."""
    for name, content in files.items():
        (folder / name).write_bytes(content)
    page.goto("/customs/upload/")
    page.locator("input[type=file]").set_input_files([str(folder / name) for name in files])
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(re.compile("/customs/upload/.+/"))


def faulty() -> bytes:
    """A list with three faults of form."""
    return story_message("O02", "CEB621", declTime="20261340", grossWeight="0,3", copNo=None, buyerName=None)


def hand_in(camera: Camera, folder: Path) -> None:
    """O01 and O10: three senders by REST, the declarant by upload, with one faulty file besides."""
    for key in ("O01", "O10"):
        for type_, message in story_set(key).items():
            if type_ != "CEB621":
                Erp(camera.portal, f"demo-{SENDERS[type_].lower()}").number_of(message)
    page = camera.window("g@demo.example")
    lists = {f"{key}-list.xml": story_message(key, "CEB621") for key in ("O01", "O10")}
    upload(page, folder, lists | {"O02-faulty.xml": faulty()})
    camera.take(page, "upload")


def settled(camera: Camera) -> dict[str, str]:
    """Waits until customs has answered; the lists' ids by order."""
    declarant = Erp(camera.portal, "demo-g")

    def look(key: str, state: str) -> str:
        rows = declarant.get("/inventories", order_no=story_sale(key).order_no)["results"]
        return next((row["id"] for row in rows if row["state"] == state), "")

    wanted = {"O01": "released", "O10": "returned"}
    return {
        key: eventually(lambda key=key, state=state: look(key, state) or None, camera.portal)  # type: ignore[misc]
        for key, state in wanted.items()
    }


def certificate(page: Page, list_id: str, folder: Path) -> str:
    """Picture of the certificate's first page; its verification code."""
    answer = page.context.request.get(f"/customs/lists/{list_id}/certificate.pdf", timeout=60_000)
    assert answer.ok, answer.status_text
    first_page("certificate", answer.body(), folder)
    found = papers.CODE.search(papers.text_of(answer.body()))
    assert found
    return found.group()


def import_pictures(camera: Camera, folder: Path) -> None:
    """The import job, in the order in which a person meets the pages."""
    visitor = camera.window()
    visitor.goto("/")
    camera.take(visitor, "home")
    hand_in(camera, folder)
    lists = settled(camera)
    declarant = camera.window("g@demo.example")
    declarant.goto("/workbench/")
    camera.take(declarant, "workbench")
    declarant.goto(f"/customs/lists/{lists['O01']}/")
    camera.take(declarant, "list-released", longest=1000)
    camera.take(declarant, "tax", part="section[aria-labelledby=tax]", unfold="#tax-working")
    code = certificate(declarant, lists["O01"], folder)
    declarant.goto(f"/customs/lists/{lists['O10']}/")
    camera.take(declarant, "list-returned", longest=1600)
    camera.take(declarant, "history", part="section[aria-labelledby=history]")
    officer = camera.window("officer@customs.example")
    officer.goto("/admin/queue/")
    camera.take(officer, "queue")
    officer.locator("table a[href*='/cases/']").first.click()
    officer.wait_for_url(re.compile("/cases/"))
    camera.take(officer, "case")
    visitor.goto(f"/verify/{code}/")
    camera.take(visitor, "verify")


GROUPS = {"import": import_pictures, "autumn": autumn_pictures}


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium with the portal's own font."""
    with sync_playwright() as playwright:
        environment = dict(os.environ) | {"FONTCONFIG_FILE": str(fonts.install())}
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS, env=environment)
        yield browser
        browser.close()


def main() -> None:
    """Everything once; the servers stay if they ran before."""
    FOLDER.mkdir(exist_ok=True)
    assets.build()
    translations.compile_all()
    started = services.start()
    try:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            with running(folder, name="pictures", broker=BROKER) as portal, chromium() as browser:
                camera = Camera(portal, browser)
                for group in sys.argv[1:] or GROUPS:
                    GROUPS[group](camera, folder)
    finally:
        if started:
            services.stop()


if __name__ == "__main__":
    main()

"""The stations of the exporter's autumn: the journey of the tests, with a picture at each."""

from __future__ import annotations

from pathlib import Path

from django.urls import reverse

from docs.camera import Camera, first_page
from tests.journeys import autumn, autumn_money, registering

SHORT = 1200  # pixels: a table may go on below the picture


def autumn_pictures(camera: Camera, folder: Path) -> None:
    """Each step as F's people take it; the pictures' names begin with `autumn-`."""
    page, stranger, official = (
        camera.window("f@demo.example"),
        camera.window(),
        camera.window("officer@customs.example"),
    )
    registering.register(page, stranger)
    camera.take(page, "autumn-registration", longest=SHORT)
    autumn.file_goods(page, folder)
    camera.take(page, "autumn-goods")
    autumn.mend_goods(page, stranger, folder)
    autumn.as_then(camera.portal)
    autumn.export_october(camera.portal, page)
    page.goto(reverse("export_lists"))
    camera.take(page, "autumn-exports", longest=SHORT)
    autumn.come_back(page, official)
    autumn.judge_october(page)
    camera.take(page, "autumn-month")
    first_page("autumn-comparison", autumn.exempt_october(page, stranger), folder)
    _money(camera, folder)
    autumn_money.be_recorded(camera.portal, stranger)
    camera.take(stranger, "autumn-record")
    page.goto(reverse("overview"))
    camera.take(page, "autumn-overview")


def _money(camera: Camera, folder: Path) -> None:
    page = camera.window("f@demo.example")
    autumn_money.push_credits(camera.portal)
    for number in (1, 2):
        autumn_money.match_payout(page, number, folder)
    autumn_money.open_credit(page, 2)
    camera.take(page, "autumn-matching", longest=SHORT)
    autumn_money.declare_credit(page, 1, "122030", expected="returned")
    page.locator("a[href$='/declare/']").click()
    camera.take(page, "autumn-bop")
    autumn_money.declare_credit(page, 1, "121990", expected="accepted")
    autumn_money.declare_credit(page, 2, "121990", expected="accepted")

"""The story in Debian's Chromium: four senders, numbers at once, release without reloading, a certificate."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from customs.demo.story import story_correction, story_sale, story_set
from customs.demo.wire import SENDERS
from tests.journeys import papers

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]
NUMBER = re.compile(r"TJ\d\d-\d{4}-\d{4}-\w")


def hand_in(visit: Visit, messages: dict[str, bytes], folder: Path) -> dict[str, str]:
    """Each file by its sender, at the upload page; the numbers that come at once."""
    numbers = {}
    for type_, message in messages.items():
        page = visit(f"{SENDERS[type_].lower()}@demo.example")
        page.goto("/customs/upload/")
        file = folder / f"{type_}.xml"
        file.write_bytes(message)
        page.locator("input[type=file]").set_input_files(str(file))
        page.get_by_role("button", name="Hand in").click()
        found = NUMBER.search(page.locator("main").inner_text())
        assert found, page.locator("main").inner_text()
        numbers[type_] = found.group()
    return numbers


def open_list(page: Page, order_no: str) -> None:
    """The page of the newest list of an order, found by its number."""
    page.goto(f"/customs/lists/?order_no={order_no}")
    page.locator("table a").first.click()
    page.wait_for_url(re.compile(r"/customs/lists/[0-9a-f-]{36}/"))


def test_o01_from_four_uploads_to_a_certificate_that_anyone_verifies(visit: Visit, tmp_path: Path) -> None:
    numbers = hand_in(visit, story_set("O01", run="B"), tmp_path)
    assert len(set(numbers.values())) == 4
    page = visit("g@demo.example")
    expect(page.locator("main")).to_contain_text(numbers["CEB621"])
    # The list appears once its message is loaded: the table renews itself.
    page.goto(f"/submissions/{numbers['CEB621']}/")
    expect(page.locator("main")).to_contain_text(re.compile("released", re.I), timeout=60_000)
    open_list(page, story_sale("O01", run="B").order_no)
    expect(page.locator("main")).to_contain_text("142.51")
    stranger = visit()
    certificate = papers.downloaded(page, page.locator("#certificate"))
    text = papers.verified(stranger, certificate, "津关通（示例）报关有限公司", "142.51")
    assert "page 1 of 1" in text
    page.goto(f"/submissions/{numbers['CEB621']}/")
    acknowledged = papers.downloaded(page, page.get_by_role("link", name="Acknowledgement (PDF)"))
    papers.verified(stranger, acknowledged, numbers["CEB621"])
    papers.found_out(stranger, certificate)


def test_a_release_is_seen_without_reloading(visit: Visit, tmp_path: Path) -> None:
    messages = story_set("O03", run="B")
    hand_in(visit, messages, tmp_path)
    page = visit("g@demo.example")
    open_list(page, story_sale("O03", run="B").order_no)
    page.evaluate("window.marked = true")
    expect(page.locator("#certificate")).to_be_visible(timeout=90_000)
    assert page.evaluate("window.marked") is True


def test_o10_is_returned_and_corrected_by_two_senders(visit: Visit, tmp_path: Path) -> None:
    first = hand_in(visit, story_set("O10", run="B"), tmp_path)
    page = visit("g@demo.example")
    open_list(page, story_sale("O10", run="B").order_no)
    expect(page.locator("main")).to_contain_text("1332", timeout=60_000)
    expect(page.locator(".status-large")).to_contain_text("returned", timeout=60_000)
    second = hand_in(visit, story_correction("O10", run="B"), tmp_path)
    # Until its message is loaded the newest list is still the returned one.
    page.goto(f"/submissions/{second['CEB621']}/")
    expect(page.locator("main")).to_contain_text(re.compile("released", re.I), timeout=60_000)
    open_list(page, story_sale("O10", run="B").order_no)
    expect(page.locator("#certificate")).to_be_visible(timeout=60_000)
    # The official finds the case by the order's number and sees both declarations of the list.
    officer = visit("officer@customs.example")
    order = story_sale("O10", run="B").order_no
    officer.goto(f"/admin/queue/?state=all&q={order}")
    for number in (first["CEB621"], second["CEB621"]):
        expect(officer.locator("table")).to_contain_text(number)
    officer.get_by_role("link", name=first["CEB621"]).first.click()
    expect(officer.locator("main")).to_contain_text("1332")


def test_the_language_switch_keeps_the_page(visit: Visit) -> None:
    page = visit("g@demo.example", language="zh-CN")
    page.goto("/customs/lists/?order_no=NONE")
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.url.endswith("/customs/lists/?order_no=NONE")


def test_a_refused_file_lists_everything_and_stores_nothing(visit: Visit, tmp_path: Path) -> None:
    message = (
        story_set("O02", run="B")["CEB311"].replace(b">142<", b">502<").replace(b"<ceb:qty>", b"<ceb:qty>x")
    )
    file = tmp_path / "wrong.xml"
    file.write_bytes(message)
    page = visit("a@demo.example")
    page.goto("/customs/upload/")
    page.locator("input[type=file]").set_input_files(str(file))
    page.get_by_role("button", name="Hand in").click()
    expect(page.locator("main")).to_contain_text("Nothing of this file was stored.")
    assert page.locator("main").inner_text().count("/CEB311Message/") >= 3

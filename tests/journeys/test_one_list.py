"""One list typed in Debian's Chromium: from the guide to the number, by keyboard, at the width of a telephone."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from customs.demo import story_set
from tests.journeys.test_accessibility import findings

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]


def hand_in(page: Page, file: Path) -> None:
    page.goto("/customs/upload/")
    page.locator("input[type=file]").first.set_input_files(str(file))
    page.get_by_role("button", name="Hand in").click()
    expect(page.locator("main")).to_contain_text(re.compile(r"TJ26-\d{4}-\d{4}-\d"))


def test_a_list_is_typed_signed_and_handed_in(visit: Visit, tmp_path: Path) -> None:
    run = uuid4().hex[:4].upper()
    messages = story_set("O02", run=run)
    for login, type_ in (("a", "CEB311"), ("d", "CEB511")):
        file = tmp_path / f"{type_}.xml"
        file.write_bytes(messages[type_])
        hand_in(visit(f"{login}@demo.example"), file)
    page = visit("g@demo.example", width=375)
    page.goto("/services/import-declaration/")
    page.get_by_role("link", name="Begin").click()
    page.get_by_label("Order number").fill(f"O02{run}")
    page.keyboard.press("Enter")
    page.get_by_role("button", name=re.compile(f"Declare the order .*O02{run}")).focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/customs/one-list/[0-9a-f-]{36}/$"))
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    tax = page.locator("#tax-preview [data-tax]")
    # What is typed is saved by itself; the code's name stands below its field.
    page.locator("#id_f-trafMode").fill("5")
    page.keyboard.press("Tab")
    expect(page.locator("#id_f-trafMode-help")).to_contain_text("= ")
    expect(page.locator("#draft-state")).to_contain_text("Saved")
    page.get_by_role("button", name="Check the answers").click()
    expect(page.locator("#form-errors")).to_be_focused()
    page.locator("#form-errors a").first.click()
    wrong = page.locator(".field-wrong input")
    expect(wrong.first).to_be_visible()
    expect(wrong.first).to_have_attribute("aria-invalid", "true")
    assert findings(page, page.url) == []
    for name, text in TYPED.items():
        page.locator(f"#id_{name}").fill(text)
    page.locator("#id_f-tradeMode").select_option("9610")
    for number in range(1, page.locator("fieldset.calc-line").count() + 1):
        for name, text in {"qty1": "1", "unit1": "035", "gcode": "1901101090"}.items():
            page.locator(f"#id_l{number}-{name}").fill(text)
    expect(tax).to_contain_text("CNY")
    page.get_by_role("button", name="Check the answers").click()
    expect(page.locator("#sign")).to_be_visible()
    page.get_by_role("checkbox").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Sign and hand in").click()
    page.wait_for_url(re.compile(r"/submissions/TJ26-"))
    expect(page.locator("main")).to_contain_text("Handed in under the number")


TYPED = {
    "f-customsCode": "0213", "f-portCode": "0207", "f-country": "601", "f-trafNo": "DEMO737", "f-voyageNo": "DM1103",
    "f-billNo": "DEMO-1", "f-netWeight": "0.1",
}  # fmt: skip

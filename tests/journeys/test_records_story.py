"""A buyer's page and the public query, in Debian's Chromium, without login."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from customs.demo import BUYERS
from customs.demo.story import story_set
from tests.journeys.erp import Erp, eventually
from tests.journeys.test_rest_story import hand_in, list_in_state, order_of
from tests.running import Running

pytestmark = pytest.mark.browser
P2 = BUYERS["P2"]


def test_a_buyer_says_this_was_me_and_then_that_it_was_not(
    portal: Running, visit: Callable[..., Page]
) -> None:
    hand_in(portal, story_set("O02", run="M"))
    declarant = Erp(portal, "demo-g")
    eventually(lambda: list_in_state(declarant, order_of("O02", "M"), "released"), portal)
    page = visit(width=375)
    page.goto("/my-identity/")
    page.locator("[name=name]").fill(P2.name)
    page.locator("[name=number]").fill(P2.id_number)
    page.locator("[name=telephone]").fill(P2.telephone[-4:])
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/my-identity/uses/")
    mine = page.get_by_role("button", name="This was me")
    while not mine.count():  # the police are being asked
        page.get_by_role("link", name="Look again").click()
    assert P2.id_number not in page.content()
    before = mine.count()
    mine.first.click()
    expect(page.locator("main")).to_contain_text("You said that this was you.")
    expect(mine).to_have_count(before - 1)
    page.get_by_role("button", name="This was not me").first.click()
    number = re.search(r"TJ\d\d-\d{4}-\d{4}-\w", page.locator("main").inner_text())
    assert number
    page.goto(f"/my-identity/report/?reference={number.group()}")
    expect(page.locator("main")).to_contain_text("being examined")


def test_anybody_asks_about_a_company_by_a_part_of_its_name(visit: Callable[..., Page]) -> None:
    page = visit(language="zh-CN", width=375)
    page.goto("/credit/")
    page.locator("main [name=q]").fill("津沽户外")
    page.locator("main form button[type=submit]").click()
    page.locator("main table a").first.click()
    page.wait_for_url(re.compile(r"/credit/records/91120118DEM0000653/"))
    expect(page.locator("main")).to_contain_text("综试区诚信评价")
    expect(page.locator("main")).to_contain_text("海关信用等级")
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"
    assert not page.evaluate(wide)

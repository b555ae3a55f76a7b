"""The exporter's autumn from end to end in Debian's Chromium: five desks, every figure the story's, every paper verified."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from filing.enterprise.demo import ANSWERS
from tests.journeys import autumn, papers, registering
from tests.running import Running

pytestmark = pytest.mark.browser


@pytest.mark.timeout(240)
def test_f_registers_exports_is_exempt_and_is_paid(
    portal: Running, visit: Callable[..., Page], tmp_path: Path
) -> None:
    page, stranger = visit("f@demo.example"), visit()
    register(page, stranger)
    autumn.file_goods(page, stranger, tmp_path)
    portal.manage("shell", "-v0", "-c", autumn.AS_THEN)
    autumn.export_october(portal)
    autumn.exempt_october(page, stranger)
    autumn.push_credits(portal)
    for number in (1, 2):
        autumn.match_payout(page, number, tmp_path)
    autumn.declare_credit(page, 1, "122030", expected="returned")
    autumn.declare_credit(page, 1, "121990", expected="accepted")
    autumn.declare_credit(page, 2, "121990", expected="accepted")


def register(page: Page, stranger: Page) -> None:
    """Five parties; customs asks for the name of the account; in progress until the last has accepted."""
    registering.begin(page)
    reference = registering.hand_in(page)
    registering.answer(page, reference, "Customs", account_name=str(ANSWERS["name"]))
    expect(page.locator(".status-large")).to_contain_text("accepted", timeout=60_000)
    expect(page.locator("section[aria-labelledby=agencies] tbody tr", has_text="accepted")).to_have_count(5)
    paper = papers.downloaded(page, page.get_by_role("link", name="Certificate (PDF)"))
    text = papers.verified(stranger, paper)
    assert str(ANSWERS["name"]) in text
    assert text.count("2026-") >= 5
